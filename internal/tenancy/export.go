package tenancy

import (
	"archive/zip"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/audit"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

const (
	exportFormat  = 1 // of the zip; raised when a reader must know of a change
	exportsAtOnce = 2 // each holds a connection to the database for as long as its client reads
	exportRetry   = 30 * time.Second
)

// Manifest is the last file of an export, manifest.json: an export without one was cut off.
type Manifest struct {
	Format     int          `json:"format"`
	Product    string       `json:"product"`
	Version    string       `json:"version"`
	TenantID   int64        `json:"tenant_id"`
	Tenant     string       `json:"tenant"`
	ExportedAt time.Time    `json:"exported_at"` // all files show this moment
	Files      []ExportFile `json:"files"`
	LeftOut    []string     `json:"left_out"` // tables that an export never has
}

// ExportFile is one table's file: a JSON object a line.
type ExportFile struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`  // unpacked
	SHA256 string `json:"sha256"` // of the unpacked file, hexadecimal
}

// Export is an export that has been granted; Write it or Close it.
type Export struct {
	s      *Service
	tenant *models.Tenant
}

// BeginExport puts an export on record, in both trails, before its first byte. Faults: NotFound, TooMany.
func (s *Service) BeginExport(ctx context.Context, by auth.Principal, id int64) (*Export, error) {
	select {
	case s.exports <- struct{}{}:
	default:
		return nil, fault.New(fault.TooMany, "%d exports are at work already", exportsAtOnce).WithRetryAfter(exportRetry)
	}
	e := &Export{s: s}
	err := s.store.System().InTx(ctx, func(ctx context.Context, y *store.System) (err error) {
		if e.tenant, err = y.TenantByID(ctx, id); err != nil {
			return err
		}
		return both(ctx, y, by, id, audit.Entry{
			Action: "tenant.export", ResourceType: "tenant", ResourceID: strconv.FormatInt(id, 10), After: map[string]any{"name": e.tenant.Name},
		})
	})
	if err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

// Close makes room for the next export.
func (e *Export) Close() { <-e.s.exports }

// Name is the file name to offer.
func (e *Export) Name() string {
	return "tenant-" + strconv.FormatInt(e.tenant.ID, 10) + "-" + e.s.store.Now().UTC().Format("20060102-150405") + ".zip"
}

// Write writes the zip as it reads the rows; memory stays flat however many there are. A failure leaves the zip without its
// end, which no reader takes for whole.
func (e *Export) Write(ctx context.Context, w io.Writer) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	m := Manifest{
		Format: exportFormat, Product: "VelociCompanion", Version: e.s.version, TenantID: e.tenant.ID, Tenant: e.tenant.Name,
		ExportedAt: e.s.store.Now().UTC(), LeftOut: store.UnexportedTables(),
	}
	x := &exporter{zip: z, at: m.ExportedAt}
	if err := e.s.store.Tenant(e.tenant.ID).Export(ctx, x.begin, x.row); err != nil {
		return err
	}
	x.end()
	m.Files = x.files
	out, err := x.create("manifest.json")
	if err != nil {
		return err
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	if err := enc.Encode(m); err != nil {
		return err
	}
	return z.Close()
}

// exporter writes tables into a zip, one file after the other.
type exporter struct {
	zip   *zip.Writer
	at    time.Time
	out   io.Writer
	sum   hash.Hash
	files []ExportFile
}

func (x *exporter) create(name string) (io.Writer, error) {
	return x.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: x.at})
}

func (x *exporter) begin(table string) (err error) {
	x.end()
	name := table + ".ndjson"
	x.files = append(x.files, ExportFile{Name: name})
	x.sum = sha256.New()
	x.out, err = x.create(name)
	return err
}

func (x *exporter) row(json []byte) error {
	f := &x.files[len(x.files)-1]
	f.Rows++
	f.Bytes += int64(len(json)) + 1
	for _, part := range [][]byte{json, {'\n'}} {
		x.sum.Write(part)
		if _, err := x.out.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// end notes the digest of the file at work, where there is one.
func (x *exporter) end() {
	if x.sum != nil {
		x.files[len(x.files)-1].SHA256 = hex.EncodeToString(x.sum.Sum(nil))
		x.sum = nil
	}
}
