package velotest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"
)

// authority signs the server's certificate and those of its users.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

func newAuthority(now time.Time) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Velociraptor CA (simulated)"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: now.AddDate(-2, 0, 0), NotAfter: now.AddDate(10, 0, 0), KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	return authorityOf(der, key)
}

func authorityOf(der []byte, key *ecdsa.PrivateKey) (*authority, error) {
	cert, err := x509.ParseCertificate(der)
	return &authority{cert: cert, key: key, pem: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}, err
}

// keptAuthority reads the authority of a file, or makes one and writes it there.
func keptAuthority(path string, now time.Time) (*authority, error) {
	text, err := os.ReadFile(path)
	if err == nil {
		cert, rest := pem.Decode(text)
		private, _ := pem.Decode(rest)
		if cert == nil || private == nil {
			return nil, fmt.Errorf("%s holds no certificate and key", path)
		}
		key, err := x509.ParseECPrivateKey(private.Bytes)
		if err != nil {
			return nil, err
		}
		return authorityOf(cert.Bytes, key)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	a, err := newAuthority(now)
	if err != nil {
		return nil, err
	}
	private, err := x509.MarshalECPrivateKey(a.key)
	if err != nil {
		return nil, err
	}
	return a, os.WriteFile(path, append(slices.Clone(a.pem), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private})...), onlyUs)
}

// pair is a certificate and its key, as PEM.
type pair struct{ cert, key []byte }

func (a *authority) issue(name string, from, until time.Time) (pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair{}, err
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return pair{}, err
	}
	tmpl := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: from, NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, a.cert, &key.PublicKey, a.key)
	if err != nil {
		return pair{}, err
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return pair{}, err
	}
	return pair{
		cert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		key:  pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private}),
	}, nil
}

// tls is the server's side: whoever comes shows a certificate of this authority.
func (a *authority) tls(now func() time.Time) (*tls.Config, error) {
	p, err := a.issue("VelociraptorServer", now().Add(-time.Hour), now().AddDate(1, 0, 0))
	if err != nil {
		return nil, err
	}
	own, err := tls.X509KeyPair(p.cert, p.key)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return &tls.Config{
		Certificates: []tls.Certificate{own}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12, Time: now,
	}, nil
}

// apiClient writes what `velociraptor config api_client` would.
func (a *authority) apiClient(name, address string, from, until time.Time) ([]byte, error) {
	p, err := a.issue(name, from, until)
	if err != nil {
		return nil, err
	}
	return yaml.Marshal(map[string]any{
		"ca_certificate": string(a.pem), "client_cert": string(p.cert), "client_private_key": string(p.key),
		"api_connection_string": address, "name": name, "version": map[string]string{"name": "velociraptor", "version": Version},
	})
}
