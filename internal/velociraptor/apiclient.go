package velociraptor

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"strconv"
	"strings"
	"time"

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
	f, err := readAPIClient(file)
	if err != nil {
		return nil, err
	}
	if err := checkAddress(f.Address); err != nil {
		return nil, err
	}
	c := &APIClient{Name: f.Name, Address: f.Address, Version: f.Version, roots: x509.NewCertPool()}
	if !c.roots.AppendCertsFromPEM([]byte(f.CA)) {
		return nil, invalid("ca_certificate", "not a PEM certificate")
	}
	switch block, _ := pem.Decode([]byte(f.Key)); {
	case block == nil:
		return nil, invalid("client_private_key", "not a PEM private key")
	case strings.Contains(block.Type, "ENCRYPTED") || block.Headers["DEK-Info"] != "":
		return nil, invalid("client_private_key", "under a passphrase: want it as `velociraptor config api_client` writes it, without one")
	}
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
	leaf := c.pair.Leaf
	// The authority may have been made anew since, under its old key, or end before what it signed.
	for _, at := range []time.Time{leaf.NotBefore.Add(time.Second), leaf.NotAfter.Add(-time.Second)} {
		_, err := leaf.Verify(x509.VerifyOptions{Roots: c.roots, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
		if err == nil {
			return nil
		}
	}
	return invalid("client_cert", "not signed by ca_certificate: the two are of different servers")
}

func checkAddress(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil || host == "" {
		return invalid("api_connection_string", "want host:port, for example velociraptor.example.org:8001")
	}
	if strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`/\@?#"<>`, r) }) {
		return invalid("api_connection_string", "no host's name or address: want host:port, for example velociraptor.example.org:8001")
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
