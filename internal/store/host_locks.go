package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// nameLocks is how many locks the client ids and names of a tenant's hosts share: the database has room for some thousands
// of locks in all, and one call may claim thousands of names.
const nameLocks = 256

// lockHostNames makes those who claim the same client id or hostname in a tenant wait for each other until the transaction
// ends. It comes before any row is locked.
func (t *Tenant) lockHostNames(ctx context.Context, _ bun.IDB, clientID *string, hostname string) error {
	return t.lockNames(ctx, t.nameLock("client", deref(clientID)), t.nameLock("hostname", shortName(hostname)))
}

// lockNamesOf locks all names of hosts.
func (t *Tenant) lockNamesOf(ctx context.Context, rows []models.Host) error {
	locks := make([]int64, 0, 2*len(rows))
	for i := range rows {
		locks = append(locks, t.nameLock("client", deref(rows[i].ClientID)), t.nameLock("hostname", shortName(rows[i].Hostname)))
	}
	return t.lockNames(ctx, locks...)
}

// lockNames takes locks, those of 0 left out, in one order for everybody, so that two never wait crosswise.
func (t *Tenant) lockNames(ctx context.Context, locks ...int64) error {
	slices.Sort(locks)
	locks = slices.DeleteFunc(slices.Compact(locks), func(l int64) bool { return l == 0 })
	if len(locks) == 0 {
		return nil
	}
	return t.exec(ctx, "SELECT pg_advisory_xact_lock(l) FROM unnest($1::bigint[]) AS l", locks)
}

// nameLock is the number of the lock that a name shares with others; 0 for no name.
func (t *Tenant) nameLock(kind, name string) int64 {
	if name == "" {
		return 0
	}
	sum := sha256.Sum256([]byte(kind + "\x00" + name))
	return t.lockNumber("host names", decimal(int64(binary.BigEndian.Uint64(sum[:8])%nameLocks)))
}

// lockOf is the call that takes a lock of the tenant's.
func (t *Tenant) lockOf(kind, name string) string {
	return "pg_advisory_xact_lock(" + decimal(t.lockNumber(kind, name)) + ")"
}

func (t *Tenant) lockNumber(kind, name string) int64 {
	sum := sha256.Sum256([]byte(decimal(t.id) + "\x00" + kind + "\x00" + name))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}
