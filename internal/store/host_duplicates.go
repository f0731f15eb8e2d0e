package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/models"
)

// Reasons why two hosts may be one machine.
const (
	DuplicateHostname = "hostname"         // the same name in any case
	DuplicateVariant  = "hostname_variant" // the one is the other's name without its domain
	DuplicateAddress  = "ip_address"
	DuplicateHardware = "hardware:" // and the field of host_metadata that says the same of both
)

// maxDuplicates is how many hosts are looked at for each reason.
const maxDuplicates = 50

// Duplicate is a host that may be the same machine as another.
type Duplicate struct {
	Host    models.Host
	Reasons []string // the most telling first
}

// HostDuplicates gives the hosts that may be the same machine as this one, those with the most reasons first. An address
// alone is no reason where more than ten hosts have it: that is a gateway's. Faults: NotFound.
func (t *Tenant) HostDuplicates(ctx context.Context, hostID int64) (out []Duplicate, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		row := &models.Host{}
		if err := t.selectHost(ctx, db, row, hostID, ""); err != nil {
			return err
		}
		rows, err := t.mayBe(ctx, db, row)
		if err != nil {
			return err
		}
		for i := range rows {
			if reasons := duplicateReasons(row, &rows[i]); len(reasons) > 0 {
				out = append(out, Duplicate{Host: rows[i], Reasons: reasons})
			}
		}
		out = withoutGateways(out)
		slices.SortStableFunc(out, func(a, b Duplicate) int { return len(b.Reasons) - len(a.Reasons) })
		return nil
	})
	return out, err
}

// mayBe reads the hosts that have the name or the address of row.
func (t *Tenant) mayBe(ctx context.Context, db bun.IDB, row *models.Host) (rows []models.Host, err error) {
	ids := db.NewRaw(`(SELECT id FROM hosts WHERE tenant_id = ?0 AND short_key = split_part(lower(?1), '.', 1) AND id <> ?2 ORDER BY id DESC LIMIT ?4)
UNION (SELECT id FROM hosts WHERE tenant_id = ?0 AND ip_address = ?3 AND ?3 <> '' AND id <> ?2 ORDER BY id DESC LIMIT ?4)`,
		t.id, row.Hostname, row.ID, row.IPAddress, maxDuplicates)
	err = db.NewSelect().Model(&rows).ColumnExpr(hostColumns).Where("h.tenant_id = ?", t.id).Where("h.id IN (?)", ids).OrderExpr("h.id").Scan(ctx)
	return rows, err
}

func duplicateReasons(a, b *models.Host) []string {
	var reasons []string
	switch x, y := lower(a.Hostname), lower(b.Hostname); {
	case x == y:
		reasons = append(reasons, DuplicateHostname)
	case nameVariants(x, y):
		reasons = append(reasons, DuplicateVariant)
	}
	if a.IPAddress != "" && a.IPAddress == b.IPAddress {
		reasons = append(reasons, DuplicateAddress)
	}
	if len(reasons) == 0 {
		return nil
	}
	for _, field := range []string{"serial_number", "machine_guid", "machine_id", "hardware_uuid", "mac_address", "mac_addresses"} {
		if x, y := metadataText(a, field), metadataText(b, field); x != "" && x == y {
			reasons = append(reasons, DuplicateHardware+field)
		}
	}
	return reasons
}

// metadataText is a field of a host's metadata as text; empty when it isn't there.
func metadataText(row *models.Host, field string) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(row.HostMetadata, &fields) != nil {
		return ""
	}
	switch text := string(fields[field]); text {
	case "null", `""`, "[]":
		return ""
	default:
		return strings.ToLower(text)
	}
}

// withoutGateways leaves out hosts that share nothing but an address which many have.
func withoutGateways(found []Duplicate) []Duplicate {
	onlyAddress := func(d Duplicate) bool { return len(d.Reasons) == 1 && d.Reasons[0] == DuplicateAddress }
	n := 0
	for _, d := range found {
		if slices.Contains(d.Reasons, DuplicateAddress) {
			n++
		}
	}
	if n < 10 {
		return found
	}
	return slices.DeleteFunc(found, onlyAddress)
}
