package velociraptor

import (
	"bytes"
	"errors"
	"io"
	"regexp"

	"go.yaml.in/yaml/v3"
)

// apiClientFile is what of the file matters.
type apiClientFile struct{ CA, Cert, Key, Address, Name, Version string }

const wantFile = "paste the whole file that `velociraptor config api_client` wrote"

// readAPIClient reads the file key by key, so that what is wrong can be named. Faults: Invalid, never in yaml's own words: they
// may quote the key.
func readAPIClient(file []byte) (apiClientFile, error) {
	var f apiClientFile
	var document yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(file)).Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return f, invalid("", "empty: paste the file that `velociraptor config api_client` wrote")
		}
		return f, invalid("", "not YAML%s: %s", lineOf(err), wantFile)
	}
	if len(document.Content) != 1 || document.Content[0].Kind != yaml.MappingNode {
		return f, invalid("", "YAML, but no list of keys and values: %s", wantFile)
	}
	parts := []struct {
		key    string
		value  *string
		needed bool
	}{
		{"ca_certificate", &f.CA, true},
		{"client_cert", &f.Cert, true},
		{"client_private_key", &f.Key, true},
		{"api_connection_string", &f.Address, true},
		{"name", &f.Name, false},
	}
	for _, p := range parts {
		text, err := textAt(document.Content[0], p.key)
		if err != nil {
			return f, err
		}
		if *p.value = text; text == "" && p.needed {
			return f, invalid(p.key, "missing: %s", wantFile)
		}
	}
	f.Version = versionIn(document.Content[0])
	return f, nil
}

// textAt is the text of a key, empty where there is none.
func textAt(m *yaml.Node, key string) (string, error) {
	text, found := "", false
	for i := 0; i+1 < len(m.Content); i += 2 {
		value := m.Content[i+1]
		switch {
		case m.Content[i].Value != key:
		case found:
			return "", invalid(key, "there twice: %s", wantFile)
		case value.Kind != yaml.ScalarNode:
			return "", invalid(key, "not a text: %s", wantFile)
		case value.Tag != "!!null":
			text, found = value.Value, true
		}
	}
	return text, nil
}

// versionIn is the server's version, where the file says it.
func versionIn(m *yaml.Node) string {
	var v struct {
		Version struct {
			Version string `yaml:"version"`
		} `yaml:"version"`
	}
	if m.Decode(&v) != nil {
		return "" // nothing depends on it
	}
	return v.Version.Version
}

// lineOf says where a file stops being YAML.
func lineOf(err error) string {
	if at := regexp.MustCompile(`\bline \d+`).FindString(err.Error()); at != "" {
		return " (" + at + ")"
	}
	return ""
}
