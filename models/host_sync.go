package models

import (
	"time"

	"github.com/uptrace/bun"
)

// The kinds of a synchronisation's pass.
const (
	PassFull   = "full"   // all clients
	PassRecent = "recent" // those seen since the pass before
)

// HostSync is where a tenant's synchronisation with its Velociraptor server stands: one a tenant, as long as it has a
// connection. Its job never ends by itself.
type HostSync struct {
	bun.BaseModel `bun:"table:host_syncs,alias:hsy"`

	TenantID     int64      `bun:",pk"`
	ConfigID     int64      `bun:",notnull"` // of the connection, and of the job
	Attempt      int        `bun:",notnull"`
	Status       string     `bun:",notnull"` // queued, running while a pass is at work, waiting
	Wanted       bool       `bun:",notnull"` // a full pass is to begin now
	Pass         string     `bun:",notnull"` // at work; empty: none
	PassCursor   string     `bun:",notnull"` // the client after which it goes on
	PassSince    *time.Time // of a recent pass: clients seen after this
	PassMark     *time.Time // the server's time when it began
	PassBegan    *time.Time
	PassClients  int64      `bun:",notnull"`
	PassFresh    int64      `bun:",notnull"`
	PassChanged  int64      `bun:",notnull"`
	PassGone     int64      `bun:",notnull"`
	PassRefused  int64      `bun:",notnull"`
	Mark         *time.Time // the server's time up to which clients are known
	NextAt       *time.Time
	NextFullAt   *time.Time
	LastAt       *time.Time // the end of the last pass
	LastFullAt   *time.Time
	LastFullTook int64  `bun:",notnull"` // ms
	Clients      int64  `bun:",notnull"` // as the last full pass found them; likewise the next three
	Fresh        int64  `bun:",notnull"`
	Changed      int64  `bun:",notnull"`
	Gone         int64  `bun:",notnull"`
	Refused      int64  `bun:",notnull"` // clients that can't be a host
	Refusal      string `bun:",notnull"` // why, of the last one
	Failures     int    `bun:",notnull"` // of the server, in a row
	Error        string `bun:",notnull"`
	ErrorCode    string `bun:",notnull"`
	ErrorAt      *time.Time
}

// Progress is how far the pass at work is, 0 to 1, by what the last full one found.
func (s *HostSync) Progress() float64 {
	if s.Pass != PassFull || s.PassClients == 0 {
		return 0
	}
	return float64(s.PassClients) / float64(max(s.Clients, s.PassClients+1))
}

// Counters are the counts of the pass at work as they are told beside the progress.
func (s *HostSync) Counters() map[string]int64 {
	return map[string]int64{"clients": s.PassClients, "new": s.PassFresh, "changed": s.PassChanged, "gone": s.PassGone, "refused": s.PassRefused}
}

// VelociraptorClient is what is known of one client of the server: enough to tell whether its host must be written.
type VelociraptorClient struct {
	bun.BaseModel `bun:"table:velociraptor_clients,alias:vc"`

	TenantID int64      `bun:",pk"`
	ClientID string     `bun:"client_id,pk"`
	HostID   int64      `bun:",notnull"`
	Digest   []byte     `bun:",notnull"` // of what the host was made of
	Labels   []string   `bun:",array,notnull"`
	SeenAt   *time.Time // by the server
	ToldAt   *time.Time // what of it the host's last_seen says
	Online   bool       `bun:",notnull"`
	MissedAt *time.Time // the pass that first did not find it
	GoneAt   *time.Time
}
