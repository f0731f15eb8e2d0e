package velociraptor

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// APIClient is what `velociraptor config api_client` writes. It holds a private key: it is sealed at rest and never logged.
type APIClient struct {
	Name    string    // the server knows us by it; the certificate's common name
	Address string    // host:port
	Expires time.Time // of our certificate
	Version string    // of the server that wrote the file, where it says so

	roots *x509.CertPool
	pair  tls.Certificate
}

// serverName is what every Velociraptor server's certificate is made for, whatever its address.
const serverName = "VelociraptorServer"

// maxAPIClient bounds the file: three certificates and a few lines.
const maxAPIClient = 256 << 10

// ParseAPIClient reads an api_client file. Faults: Invalid, at api_client.<key>, for what is missing or can't be used.
func ParseAPIClient(file []byte) (*APIClient, error) {
	if len(file) > maxAPIClient {
		return nil, invalid("", "longer than %d KiB: that is no api_client file", maxAPIClient>>10)
	}
	var f struct {
		CA      string `yaml:"ca_certificate"`
		Cert    string `yaml:"client_cert"`
		Key     string `yaml:"client_private_key"`
		Address string `yaml:"api_connection_string"`
		Name    string `yaml:"name"`
		Version struct {
			Version string `yaml:"version"`
		} `yaml:"version"`
	}
	if err := yaml.NewDecoder(bytes.NewReader(file)).Decode(&f); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, invalid("", "empty: paste the file that `velociraptor config api_client` wrote")
		}
		return nil, invalid("", "not YAML, or not of the shape that `velociraptor config api_client` writes") // yaml's own words may quote the key
	}
	for _, part := range []struct{ key, value string }{
		{"ca_certificate", f.CA}, {"client_cert", f.Cert}, {"client_private_key", f.Key}, {"api_connection_string", f.Address},
	} {
		if part.value == "" {
			return nil, invalid(part.key, "missing: paste the whole file that `velociraptor config api_client` wrote")
		}
	}
	if err := checkAddress(f.Address); err != nil {
		return nil, err
	}
	c := &APIClient{Name: f.Name, Address: f.Address, Version: f.Version.Version, roots: x509.NewCertPool()}
	if !c.roots.AppendCertsFromPEM([]byte(f.CA)) {
		return nil, invalid("ca_certificate", "not a PEM certificate")
	}
	if block, _ := pem.Decode([]byte(f.Key)); block == nil {
		return nil, invalid("client_private_key", "not a PEM private key")
	}
	var err error
	if c.pair, err = tls.X509KeyPair([]byte(f.Cert), []byte(f.Key)); err != nil {
		return nil, invalid("client_cert", "no PEM certificate that belongs to client_private_key")
	}
	if c.Name == "" {
		c.Name = c.pair.Leaf.Subject.CommonName
	}
	c.Expires = c.pair.Leaf.NotAfter.UTC()
	return c, c.trusted()
}

// TLS is our side of the connection.
func (c *APIClient) TLS(now func() time.Time) *tls.Config {
	return &tls.Config{
		ServerName: serverName, RootCAs: c.roots, Certificates: []tls.Certificate{c.pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2"}, Time: now,
	}
}

// SameServer says whether two files are of one server, whatever its address: each server has an authority of its own.
func (c *APIClient) SameServer(other *APIClient) bool { return c.roots.Equal(other.roots) }

// trusted says whether the file's own authority signed its certificate: else the server refuses it with a line that helps
// nobody. Time is left out: an expired certificate has its own words, when it is used.
func (c *APIClient) trusted() error {
	at := c.pair.Leaf.NotBefore.Add(time.Second)
	_, err := c.pair.Leaf.Verify(x509.VerifyOptions{Roots: c.roots, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if err != nil {
		return invalid("client_cert", "not signed by ca_certificate: the two are of different servers")
	}
	return nil
}

func checkAddress(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" {
		return invalid("api_connection_string", "want host:port, for example velociraptor.example.org:8001")
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return invalid("api_connection_string", "the port must be a number between 1 and 65535")
	}
	return nil
}

func invalid(key, format string, args ...any) *fault.Error {
	at := "api_client"
	if key != "" {
		at += "." + key
	}
	return fault.InvalidField(at, format, args...)
}
