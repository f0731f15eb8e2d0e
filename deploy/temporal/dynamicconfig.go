// Package temporal holds the dynamic configuration of the Temporal server that the product needs, for whoever starts or
// checks one. It owns the file beside it and no code.
package temporal

import _ "embed"

//go:embed dynamicconfig.yaml
var dynamicConfig []byte

// DynamicConfig is dynamicconfig.yaml, in the form Temporal's file-based client reads.
func DynamicConfig() []byte { return dynamicConfig }
