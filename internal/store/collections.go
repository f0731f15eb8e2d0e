package store

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// CodeCollectionEnded is the stable code for a wish that comes too late.
const CodeCollectionEnded = "collection_ended"

// The bounds of how long an endpoint is waited for that doesn't answer.
const (
	DefaultCollectionWait = 7 * 24 * time.Hour
	MaxCollectionWait     = 30 * 24 * time.Hour
)

// CollectionQuery filters a tenant's collections; zero values filter nothing. Sorts: id, created_at.
type CollectionQuery struct {
	PageQuery

	HostID   int64
	ClientID string
	Artifact string
	Statuses []string
}

// CreateCollection writes a collection with the job that carries it out, and fills in what isn't given. It needs a host or a
// client id, the artifact's name and the role of whoever asks. Faults: Invalid at host_id, client_id, parameters.
func (t *Tenant) CreateCollection(ctx context.Context, row *models.Collection) error {
	return t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		if err := t.collectionTarget(ctx, db, row); err != nil {
			return err
		}
		if err := t.spare(ctx, row); err != nil {
			return err
		}
		row.TenantID, row.CreatedAt, row.Attempt = t.id, t.s.Now(), 1
		row.Status, row.Phase, row.FlowID = models.JobQueued, models.CollectionLaunch, newFlowID()
		if row.WaitSeconds <= 0 {
			row.WaitSeconds = int(DefaultCollectionWait / time.Second)
		}
		if len(row.Parameters) == 0 || string(row.Parameters) == "null" {
			row.Parameters = json.RawMessage(`{}`)
		}
		if row.Causation == nil {
			row.Causation = []string{}
		}
		row.Sources = []string{}
		if _, err := db.NewInsert().Model(row).ExcludeColumn("id").Returning("id").Exec(ctx); err != nil {
			return err
		}
		t.tellCollection(row)
		return t.StartJob(ctx, models.JobCollection, row.ID, row.Attempt)
	})
}

// spare keeps hosts that are never to be isolated from the artifact that does it, whoever collects it. Faults: Conflict
// (isolation_refused).
func (t *Tenant) spare(ctx context.Context, row *models.Collection) error {
	if row.HostID == nil {
		return nil
	}
	config, err := t.VelociraptorConfig(ctx)
	if fault.Is(err, fault.Conflict) {
		return nil // nothing can be collected; the collection will say so
	}
	if err != nil {
		return err
	}
	var params map[string]string
	if json.Unmarshal(row.Parameters, &params) != nil || config.Isolates(row.ArtifactName, params) {
		return t.CheckIsolation(ctx, *row.HostID)
	}
	return nil
}

// newFlowID makes a flow's id in the server's form. It is random, because another installation may use the same server.
func newFlowID() string { return "F." + strings.ToUpper(hex.EncodeToString(clock.Bytes(8))) }

// collectionTarget finds a collection's host by its client id, or the other way round.
func (t *Tenant) collectionTarget(ctx context.Context, db bun.IDB, row *models.Collection) error {
	if row.HostID == nil && row.ClientID == "" {
		return fault.InvalidField("host_id", "name a host, or a client_id")
	}
	if row.HostID == nil {
		var err error
		row.HostID, err = t.hostOfClient(ctx, db, row.ClientID)
		return err
	}
	var hosts []models.Host
	err := db.NewSelect().Model(&hosts).Column("id", "client_id", "hostname").Where("tenant_id = ? AND id = ?", t.id, *row.HostID).Scan(ctx)
	switch {
	case err != nil:
		return err
	case len(hosts) == 0:
		return fault.InvalidField("host_id", "there is no such host").WithCode("unknown_reference")
	case hosts[0].ClientID == nil:
		return fault.InvalidField("host_id", "the host %s has no Velociraptor client: nothing can be collected from it", hosts[0].Hostname).WithCode("no_client")
	case row.ClientID != "" && row.ClientID != *hosts[0].ClientID:
		return fault.InvalidField("client_id", "is not the client of the host %s: name one of the two", hosts[0].Hostname)
	}
	row.ClientID = *hosts[0].ClientID
	return nil
}

// hostOfClient finds the host that has a client id, or had it before it was merged; nil where there is none.
func (t *Tenant) hostOfClient(ctx context.Context, db bun.IDB, clientID string) (*int64, error) {
	var ids []int64
	err := db.NewRaw(`SELECT id FROM hosts WHERE tenant_id = ?0 AND client_id = ?1
UNION ALL SELECT host_id FROM host_aliases WHERE tenant_id = ?0 AND kind = ?2 AND value = ?1 LIMIT 1`, t.id, clientID, models.AliasClientID).Scan(ctx, &ids)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return &ids[0], nil
}

const collectionColumns = "?TableColumns, (SELECT h.hostname FROM hosts AS h WHERE h.tenant_id = co.tenant_id AND h.id = co.host_id) AS hostname"

// Collection reads one collection. Faults: NotFound.
func (t *Tenant) Collection(ctx context.Context, id int64) (row *models.Collection, err error) {
	row = &models.Collection{}
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		return db.NewSelect().Model(row).ColumnExpr(collectionColumns).Where("co.tenant_id = ? AND co.id = ?", t.id, id).Scan(ctx)
	})
	return row, err
}

// ListCollections pages through the tenant's collections.
func (t *Tenant) ListCollections(ctx context.Context, q CollectionQuery) (rows []models.Collection, p Page, err error) {
	err = t.run(ctx, func(ctx context.Context, t *Tenant, db bun.IDB) error {
		sel := db.NewSelect().Model((*models.Collection)(nil)).Where("co.tenant_id = ?", t.id)
		if q.HostID != 0 {
			sel = sel.Where("co.host_id = ?", q.HostID)
		}
		if q.ClientID != "" {
			sel = sel.Where("co.client_id = ?", q.ClientID)
		}
		if q.Artifact != "" {
			sel = sel.Where("co.artifact_name = ?", q.Artifact)
		}
		if len(q.Statuses) > 0 {
			sel = sel.Where("co.status IN (?)", bun.List(q.Statuses))
		}
		rows, p, err = page(ctx, db, q.PageQuery, listing[models.Collection]{
			sel: sel, columns: collectionColumns,
			keys: map[string]sortKey{"id": {"co.id", "bigint"}, "created_at": {"co.created_at", "timestamptz"}},
			def:  "id", id: "co.id",
			at: func(row *models.Collection, sort string) (string, int64) {
				if sort == "created_at" {
					return row.CreatedAt.Format(time.RFC3339Nano), row.ID
				}
				return decimal(row.ID), row.ID
			},
		})
		return err
	})
	return rows, p, err
}

// CollectionRows pages through the observations that a collection brought: of all of its sources, or of the one that q
// names. Faults: as FindObservations.
func (t *Tenant) CollectionRows(ctx context.Context, row *models.Collection, q ObservationQuery) (out Observations, err error) {
	keys := make([]string, len(row.Sources))
	for i, s := range row.Sources {
		keys[i] = row.SourceKey(s)
	}
	return t.RowsOfSources(ctx, keys, q)
}
