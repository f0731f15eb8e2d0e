// Package config is the only reader of the environment. It owns every setting's name, default and meaning, and refuses
// to start on a value that can't work. docs/configuration.md is generated from the struct.
package config

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/joho/godotenv"
)

// MinSecretKey is the least length of SECRET_KEY in characters.
const MinSecretKey = 32

// maxGraceDays bounds TENANT_DELETE_GRACE_DAYS to what a duration holds, and to reason.
const maxGraceDays = 3650

// Config is every setting of every process. Each field's `doc` tag is its line in the reference.
type Config struct {
	DatabaseURL       string `env:"DATABASE_URL" doc:"PostgreSQL, as the application role; alone (an owner) the process switches roles itself, which is weaker"`
	DatabaseSystemURL string `env:"DATABASE_SYSTEM_URL" doc:"PostgreSQL, as the system role (login look-up, dispatcher, provisioning); default: DATABASE_URL with a role switch"`
	DatabaseOwnerURL  string `env:"DATABASE_OWNER_URL" doc:"PostgreSQL, as the owner; only migrate uses it; default: DATABASE_URL"`
	DatabaseMaxConns  int    `env:"DATABASE_MAX_CONNS" envDefault:"16" doc:"connections per pool; a process has two pools"`

	TemporalAddress   string        `env:"TEMPORAL_ADDRESS" envDefault:"127.0.0.1:7233" doc:"Temporal frontend, host:port"`
	TemporalNamespace string        `env:"TEMPORAL_NAMESPACE" envDefault:"velocicompanion" doc:"Temporal namespace; made at start when missing"`
	TemporalRetention time.Duration `env:"TEMPORAL_RETENTION" envDefault:"720h" doc:"how long Temporal keeps closed workflows (set when the namespace is made)"`
	TemporalUIURL     string        `env:"TEMPORAL_UI_URL" doc:"base address of the Temporal Web UI behind the proxy at /temporal; empty: no proxy"`

	HTTPAddr    string `env:"HTTP_ADDR" envDefault:"127.0.0.1:8080" doc:"where the API and the screen listen"`
	MetricsAddr string `env:"METRICS_ADDR" doc:"where /metrics listens; empty: not at all"`
	PublicURL   string `env:"PUBLIC_URL" doc:"the address people use; links come from it, never from the Host header; default: http://HTTP_ADDR"`

	DataDir  string `env:"DATA_DIR" doc:"standalone only: where PostgreSQL, Temporal and files live"`
	Demo     bool   `env:"DEMO" envDefault:"true" doc:"standalone only: whether there is a tenant Demo (simulated) with 200 simulated endpoints; only where the database is its own"`
	PGBinDir string `env:"PG_BINDIR" doc:"standalone only: the folder of PostgreSQL's initdb and postgres; empty: PATH, the distribution's folders, Homebrew"`
	BlobURL  string `env:"BLOB_URL" doc:"where files go (exports, reports): a folder, file:///… or a path; default: the folder blobs in DATA_DIR; without either nothing that makes files works"`

	SecretKey     string `env:"SECRET_KEY" doc:"signs access tokens; at least 32 characters, no comma; several, comma-separated, while rotating: the first signs, all are accepted; standalone makes and keeps one"`
	EncryptionKey string `env:"ENCRYPTION_KEY" doc:"seals tenant secrets and Temporal payloads: base64 of 32 bytes; several, comma-separated, while rotating: the first seals, all open"`
	AuditKey      string `env:"AUDIT_KEY" doc:"proves the audit trail: base64 of 32 bytes; several, comma-separated, while rotating: the first signs, all verify; default: derived from ENCRYPTION_KEY, whose keys verify in any case"`

	AccessTokenExpireMinutes int     `env:"ACCESS_TOKEN_EXPIRE_MINUTES" envDefault:"30" doc:"life of an access token in minutes"`
	RefreshTokenExpireDays   int     `env:"REFRESH_TOKEN_EXPIRE_DAYS" envDefault:"30" doc:"life of a session without use in days"`
	BcryptCost               int     `env:"BCRYPT_COST" envDefault:"12" doc:"bcrypt work factor of new password hashes, 10 to 15"`
	Registration             string  `env:"REGISTRATION" envDefault:"invite" doc:"who may register after the first user: invite, open or closed"`
	SetupToken               string  `env:"SETUP_TOKEN" doc:"what the first registration must present when not bound to loopback; made and printed at start when empty"`
	FirstAdminUsername       string  `env:"FIRST_ADMIN_USERNAME" doc:"makes the first user at start when there is none"`
	FirstAdminPassword       string  `env:"FIRST_ADMIN_PASSWORD" doc:"password of the first user; generated and printed once when empty (standalone)"`
	MaxTenantsPerAdmin       int     `env:"MAX_TENANTS_PER_ADMIN" envDefault:"5" doc:"how many tenants one admin may create"`
	TenantDeleteGraceDays    float64 `env:"TENANT_DELETE_GRACE_DAYS" envDefault:"7" doc:"how long a deleted tenant can be restored before everything of it is removed, in days; fractions count"`

	CORSOrigins    []string `env:"CORS_ORIGINS" doc:"other origins whose pages may call the API, comma-separated"`
	TrustedProxies []string `env:"TRUSTED_PROXIES" doc:"addresses or networks whose X-Forwarded-For is believed, comma-separated"`
	EgressAllow    []string `env:"EGRESS_ALLOW" doc:"private networks or hosts that outgoing connections may reach in spite of the default refusal, comma-separated"`

	SMTPHost     string `env:"SMTP_HOST" doc:"mail server; empty: no mail"`
	SMTPPort     int    `env:"SMTP_PORT" envDefault:"587" doc:"mail server's port"`
	SMTPUser     string `env:"SMTP_USER" doc:"mail server's user"`
	SMTPPassword string `env:"SMTP_PASSWORD" doc:"mail server's password"`
	SMTPTLS      string `env:"SMTP_TLS" envDefault:"starttls" doc:"how the way to the mail server is protected: starttls (nothing is sent without), tls (from the first byte, port 465), none (only to a server on this machine), auto (tls on port 465, elsewhere starttls where it is offered, and always for a password)"`
	FromEmail    string `env:"FROM_EMAIL" doc:"sender of mails: an address, with or without a name"`

	WSEnabled         bool   `env:"WS_ENABLED" envDefault:"true" doc:"whether the notification WebSocket is served"`
	WorkerTenants     string `env:"WORKER_TENANTS" envDefault:"all" doc:"which tenants this worker serves: all, a list of ids, or shard k/n"`
	WorkerSlots       int    `env:"WORKER_SLOTS" envDefault:"200" doc:"activities that run at once in this process, all tenants together"`
	WorkerTenantSlots int    `env:"WORKER_TENANT_SLOTS" envDefault:"50" doc:"activities of one tenant that run at once in this process"`
	LogLevel          string `env:"LOG_LEVEL" envDefault:"info" doc:"debug, info, warn or error"`
	LogFormat         string `env:"LOG_FORMAT" envDefault:"json" doc:"json or text"`
	OTELEndpoint      string `env:"OTEL_EXPORTER_OTLP_ENDPOINT" doc:"where traces go; empty: none are made"`
}

// Load reads the environment, a .env file in the working directory (the environment wins) and every NAME_FILE.
func Load() (*Config, error) {
	vars, err := Environment()
	if err != nil {
		return nil, err
	}
	return FromMap(vars)
}

// Environment collects the variables without reading them: the .env file in the working directory under the process's
// environment. The standalone product fills in what it provides itself before FromMap.
func Environment() (map[string]string, error) {
	vars, err := godotenv.Read(".env")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read .env: %w", err)
	}
	if vars == nil {
		vars = map[string]string{}
	}
	for _, kv := range os.Environ() {
		k, v, _ := strings.Cut(kv, "=")
		vars[k] = v
	}
	return vars, nil
}

// FromMap reads settings from a map of variables: what Load does once the environment is collected.
func FromMap(vars map[string]string) (*Config, error) {
	for _, name := range Names() {
		path := vars[name+"_FILE"]
		if path == "" || vars[name] != "" {
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("%s_FILE: %w", name, err)
		}
		vars[name] = strings.TrimRight(string(b), "\r\n")
	}
	c := &Config{}
	if err := env.ParseWithOptions(c, env.Options{Environment: vars}); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	c.derive()
	return c, nil
}

func (c *Config) derive() {
	if c.DatabaseOwnerURL == "" {
		c.DatabaseOwnerURL = c.DatabaseURL
	}
	if c.BlobURL == "" && c.DataDir != "" {
		c.BlobURL = filepath.Join(c.DataDir, "blobs")
	}
	if c.PublicURL == "" {
		c.PublicURL = "http://" + c.HTTPAddr
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
}

// CheckServe refuses values with which api or worker can't run.
func (c *Config) CheckServe() error {
	var errs []error
	bad := func(name, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %s", name, fmt.Sprintf(format, args...)))
	}
	if c.DatabaseURL == "" {
		bad("DATABASE_URL", "is not set; it names the PostgreSQL database, for example postgres://app@db/velocicompanion")
	}
	for i, key := range c.SecretKeys() {
		if len(key) < MinSecretKey {
			bad("SECRET_KEY", "key %d needs at least %d characters, has %d; for example: openssl rand -base64 48", i+1, MinSecretKey, len(key))
		}
	}
	if c.EncryptionKey == "" {
		bad("ENCRYPTION_KEY", "is not set; for example: openssl rand -base64 32")
	}
	if _, _, err := net.SplitHostPort(c.HTTPAddr); err != nil {
		bad("HTTP_ADDR", "%q is not host:port", c.HTTPAddr)
	}
	if u, err := url.Parse(c.PublicURL); err != nil || u.Host == "" {
		bad("PUBLIC_URL", "%q is not an http(s) address", c.PublicURL)
	}
	if c.BcryptCost < 10 || c.BcryptCost > 15 {
		bad("BCRYPT_COST", "%d is not between 10 and 15", c.BcryptCost)
	}
	if !(c.TenantDeleteGraceDays >= 0 && c.TenantDeleteGraceDays <= maxGraceDays) {
		bad("TENANT_DELETE_GRACE_DAYS", "%g is not between 0 and %d", c.TenantDeleteGraceDays, maxGraceDays)
	}
	switch c.Registration {
	case "invite", "open", "closed":
	default:
		bad("REGISTRATION", "%q is none of invite, open, closed", c.Registration)
	}
	switch c.SMTPTLS {
	case "starttls", "tls", "none", "auto":
	default:
		bad("SMTP_TLS", "%q is none of starttls, tls, none, auto", c.SMTPTLS)
	}
	return errors.Join(errs...)
}

// SecretKeys are the keys in SECRET_KEY, the signing one first.
func (c *Config) SecretKeys() []string {
	keys := strings.Split(c.SecretKey, ",")
	for i := range keys {
		keys[i] = strings.TrimSpace(keys[i])
	}
	return keys
}

// Loopback says whether the API listens on this machine only.
func (c *Config) Loopback() bool {
	host, _, err := net.SplitHostPort(c.HTTPAddr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// Names lists every variable in the order of the reference.
func Names() []string {
	params, err := env.GetFieldParams(&Config{})
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(params))
	for _, p := range params {
		names = append(names, p.Key)
	}
	return names
}

// WriteReference writes docs/configuration.md: a table made from the struct's tags.
func WriteReference(w *bufio.Writer) error {
	fmt.Fprintln(w, "# Configuration\n\nGenerated from internal/config. `NAME_FILE` reads any of them from a file.\n\n| variable | default | meaning |\n|---|---|---|")
	for _, s := range settings() {
		def := s.def
		if def != "" {
			def = "`" + def + "`"
		}
		fmt.Fprintf(w, "| `%s` | %s | %s |\n", s.name, def, s.doc)
	}
	return w.Flush()
}
