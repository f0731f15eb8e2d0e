package models

import (
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// The ways to a Velociraptor server.
const (
	TransportGRPC = "grpc" // mutual TLS with an api_client file: everything
	TransportREST = "rest" // a bearer token at a proxy before the gateway: reduced
)

// What became of the last calls of a tenant's Velociraptor server.
const (
	VelociraptorConnected   = "connected"
	VelociraptorUnreachable = "unreachable" // no answer, or somebody else's
	VelociraptorRefused     = "refused"     // it answers, and doesn't let us
	VelociraptorExpired     = "expired"     // our certificate ended
)

// VelociraptorConfig is a tenant's connection to its Velociraptor server.
type VelociraptorConfig struct {
	bun.BaseModel `bun:"table:velociraptor_configs,alias:vcfg"`

	ID             int64             `bun:",pk,autoincrement"`
	TenantID       int64             `bun:",notnull"`
	Version        int               `bun:",notnull"` // another for other keys, another address or another org
	Transport      string            `bun:",notnull"`
	Address        string            `bun:",notnull"` // host:port, or the gateway's https address
	Username       string            `bun:",notnull"` // the server's name for us
	OrgID          string            `bun:",notnull"` // empty: the root org
	Secret         []byte            `bun:",notnull"` // sealed
	ExpiresAt      *time.Time        // of our certificate; nil: there is none
	ExpiryTold     *int              // days of the last warning that was given
	ServerVersion  string            `bun:",notnull"`
	Quarantine     map[string]string `bun:"type:jsonb,notnull"` // windows, linux, darwin → artifact; what is missing has the default
	AllowArtifacts []string          `bun:",array,notnull"`     // that may be collected; empty: all
	Status         string            `bun:",notnull"`
	LastError      string            `bun:",notnull"`
	LastOKAt       *time.Time        `bun:"last_ok_at"`
	StatusAt       *time.Time        // since when Status is so
	CreatedBy      *int64
	CreatedAt      time.Time `bun:",nullzero,default:now()"`
	UpdatedAt      time.Time `bun:",nullzero,default:now()"`
}

// QuarantineArtifacts are those that Velociraptor comes with, for each system that can be isolated.
func QuarantineArtifacts() map[string]string {
	return map[string]string{
		"windows": "Windows.Remediation.Quarantine", "linux": "Linux.Remediation.Quarantine", "darwin": "MacOS.Remediation.Quarantine",
	}
}

// QuarantineFor is the artifact that isolates a system's endpoints; empty: there is none.
func (c *VelociraptorConfig) QuarantineFor(system string) string {
	if name, ok := c.Quarantine[system]; ok {
		return name
	}
	return QuarantineArtifacts()[system]
}

// Isolates says whether an artifact with these parameters cuts endpoints off.
func (c *VelociraptorConfig) Isolates(artifact string, params map[string]string) bool {
	if params["RemovePolicy"] == "Y" {
		return false
	}
	for system, own := range QuarantineArtifacts() {
		if artifact == own || artifact == c.QuarantineFor(system) {
			return true
		}
	}
	return false
}

// Allows says whether the tenant lets this artifact be collected.
func (c *VelociraptorConfig) Allows(artifact string) bool {
	return len(c.AllowArtifacts) == 0 || slices.Contains(c.AllowArtifacts, artifact)
}
