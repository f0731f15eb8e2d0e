// Package webui x.
package webui

import (
	_ "github.com/temporalio/ui-server/v2/server"
)
