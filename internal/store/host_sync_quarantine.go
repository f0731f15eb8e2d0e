package store

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/velocicompanion/velocicompanion/models"
)

// quarantineLabel isolates a Windows endpoint by itself, as long as the server has it, whoever put it there.
const quarantineLabel = "Quarantine"

// quarantined follows what somebody did at the server: a Windows host whose client got the label is isolated as far as the
// server says, one whose client lost it is not any more. A host with an order of ours under way is that order's.
func (p *syncPage) quarantined(ctx context.Context, fresh []ClientSeen) error {
	var on, off []int64
	for _, c := range fresh {
		k := p.known[c.Sighting.ClientID]
		if k == nil || !strings.EqualFold(c.Sighting.OS, "windows") {
			continue
		}
		switch was, is := hasQuarantine(k.Labels), hasQuarantine(c.Sighting.Labels); {
		case is && !was:
			on = append(on, k.HostID)
		case was && !is:
			off = append(off, k.HostID)
		}
	}
	for _, move := range [...]struct {
		hosts []int64
		from  []string
		to    string
	}{
		{on, []string{models.IsolationNone, models.IsolationFailed}, models.IsolationUnverified},
		{off, []string{models.IsolationIsolated, models.IsolationUnverified}, models.IsolationNone},
	} {
		if len(move.hosts) == 0 {
			continue
		}
		var changed []int64
		err := p.t.rows(ctx, quarantinedSQL, []any{p.t.id, move.hosts, move.from, move.to}, func(r pgx.Rows) error {
			var id int64
			err := r.Scan(&id)
			changed = append(changed, id)
			return err
		})
		if err != nil {
			return err
		}
		if err := p.changed(ctx, changed); err != nil {
			return err
		}
	}
	return nil
}

const quarantinedSQL = `UPDATE hosts AS h SET isolation = $4
WHERE h.tenant_id = $1 AND h.id = ANY ($2) AND h.isolation = ANY ($3)
  AND NOT EXISTS (SELECT FROM isolations AS i WHERE i.tenant_id = $1 AND i.host_id = h.id AND i.finished_at IS NULL)
RETURNING h.id`

func hasQuarantine(labels []string) bool {
	return slices.ContainsFunc(labels, func(l string) bool { return strings.EqualFold(l, quarantineLabel) })
}
