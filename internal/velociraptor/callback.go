package velociraptor

import (
	"bytes"
	_ "embed" // the artifact's text
	"text/template"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

//go:embed callback_artifact.yaml
var callbackText string

//go:embed callback_hmac.vql
var callbackHMAC string

// CallbackPrefix is what the names of our callback artifacts begin with: one for each installation, so that two tenants of
// one server, or two companions, don't overwrite each other's.
const CallbackPrefix = "Custom.Server.VelociCompanion.Callback."

// Headers of a callback.
const (
	HeaderTimestamp = "X-Velo-Timestamp" // Unix seconds
	HeaderSignature = "X-Velo-Signature" // HMAC-SHA256 over timestamp, a dot and the body, in hexadecimal
)

// Callback is what a server's event artifact needs to call us. Its key stands in the server's metadata under KeyName, in
// nothing of this.
type Callback struct {
	Artifact string // its name, with CallbackPrefix
	KeyName  string // of the server's metadata
	URL      string
	RootCA   string // PEM; empty: the server's own trust
}

// Definition is the artifact's YAML.
func (c Callback) Definition() (string, error) {
	t, err := template.New("callback").Delims("<<", ">>").Parse(callbackText)
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, "the callback artifact can't be written")
	}
	var b bytes.Buffer
	if err := t.Execute(&b, map[string]string{"Name": c.Artifact, "HMAC": indented(callbackHMAC)}); err != nil {
		return "", fault.Wrap(err, fault.Internal, "the callback artifact can't be written")
	}
	return b.String(), nil
}

// Parameters are those of the artifact in the server's monitoring table; all values are texts.
func (c Callback) Parameters() map[string]string {
	return map[string]string{"CallbackURL": c.URL, "KeyName": c.KeyName, "RootCA": c.RootCA, "Attempts": "3"}
}

// indented fits a text into the artifact's export.
func indented(text string) string {
	lines := bytes.Split(bytes.TrimSpace([]byte(text)), []byte("\n"))
	return string(bytes.Join(lines, []byte("\n  ")))
}
