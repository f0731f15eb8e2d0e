package api_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/tenancy"
)

// unzip reads an export and checks it against its manifest.
func unzip(t *testing.T, body []byte) (tenancy.Manifest, map[string][]byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	require.NoError(t, err)
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		files[f.Name], err = io.ReadAll(r)
		require.NoError(t, err)
	}
	var m tenancy.Manifest
	require.NoError(t, json.Unmarshal(files["manifest.json"], &m))
	require.Len(t, files, len(m.Files)+1)
	for _, f := range m.Files {
		sum := sha256.Sum256(files[f.Name])
		require.Equal(t, hex.EncodeToString(sum[:]), f.SHA256, f.Name)
		require.Len(t, files[f.Name], int(f.Bytes), f.Name)
		lines := bytes.Split(bytes.TrimSuffix(files[f.Name], []byte("\n")), []byte("\n"))
		if f.Rows == 0 {
			require.Empty(t, files[f.Name])
			continue
		}
		require.Len(t, lines, int(f.Rows), f.Name)
		for _, line := range lines {
			require.True(t, json.Valid(line), "%s: %s", f.Name, line)
		}
	}
	return m, files
}

func TestAnExportHasWhatTheTenantHasAndNoSecrets(t *testing.T) {
	t.Parallel()
	i := install(t)
	owner := ownerConn(t, i.bench)
	plant(t, owner, i.tenant, marker)
	other := i.somebody("Other", "eve", auth.RoleAdmin)
	plant(t, owner, other.user.TenantID, "of-b")
	path := i.path + "/export"
	i.login("root", password).get(path).refused(http.StatusForbidden, "step_up_required")
	require.Equal(t, http.StatusForbidden, i.admin.elevate().get(path).status)
	require.Equal(t, http.StatusNotFound, i.root.get("/api/tenants/999999/export").status)
	require.Equal(t, http.StatusUnprocessableEntity, i.root.get("/api/tenants/x/export").status)

	require.Equal(t, http.StatusOK, i.root.post(i.path+"/suspend", reason("x")).status, "a suspended tenant can be exported")
	a := i.root.get(path)
	require.Equal(t, http.StatusOK, a.status, a.text)
	require.Equal(t, "application/zip", a.header.Get("Content-Type"))
	require.Regexp(t, `^attachment; filename="tenant-\d+-\d{8}-\d{6}\.zip"$`, a.header.Get("Content-Disposition"))
	m, files := unzip(t, []byte(a.text))
	require.Equal(t, "Acme", m.Tenant)
	require.Equal(t, "1.2.3", m.Version)
	require.WithinDuration(t, time.Now(), m.ExportedAt, time.Minute)
	for _, f := range m.Files {
		table, column := strings.TrimSuffix(f.Name, ".ndjson"), "tenant_id"
		if table == "tenants" {
			column = "id"
		}
		var there int64
		require.NoError(t, owner.QueryRow(t.Context(), "SELECT count(*) FROM "+table+" WHERE "+column+" = $1", i.tenant).Scan(&there))
		require.Equal(t, there, f.Rows, table)
		require.NotContains(t, string(files[f.Name]), "of-b", table)
		require.NotRegexp(t, `"\w*(hash|secret|password|digest|stamp)\w*":`, string(files[f.Name]), table)
		require.NotContains(t, string(files[f.Name]), "$2a$", "a password's hash")
	}
	require.Contains(t, string(files["hosts.ndjson"]), marker)
	require.Contains(t, string(files["observations.ndjson"]), `"data":{"m": "`+marker+`"}`)
	for _, tenant := range []int64{i.tenant, i.root.user.TenantID} {
		n, _ := i.trail(tenant, "tenant.export")
		require.Equal(t, 1, n)
	}
}

// TestEveryTableIsExportedOrLeftOutOnPurpose asks for a decision about each new table and each column that sounds like a
// secret.
func TestEveryTableIsExportedOrLeftOutOnPurpose(t *testing.T) {
	t.Parallel()
	owner := ownerConn(t, setup(t))
	known := slices.Concat(store.ExportedTables(), store.UnexportedTables())
	for _, table := range names(t, owner, tenantTables) {
		partition := strings.HasPrefix(table, "observations_")
		require.True(t, partition || slices.Contains(known, table), "%s: add it to store.ExportedTables or UnexportedTables", table)
	}
	sounds := regexp.MustCompile(`secret|password|hash|token|code|private|sealed`)
	for _, table := range store.ExportedTables() {
		for _, column := range names(t, owner, "SELECT attname::text FROM pg_attribute WHERE attrelid = '"+table+
			"'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND atttypid <> 'bytea'::regtype") {
			if sounds.MatchString(column) {
				require.Contains(t, store.HiddenColumns(), table+"."+column)
			}
		}
	}
}

func TestAnExportShowsOneMomentWhileOthersWrite(t *testing.T) {
	t.Parallel()
	i := install(t)
	owner := ownerConn(t, i.bench)
	_, err := owner.Exec(t.Context(), `INSERT INTO hosts (tenant_id, hostname, host_metadata)
SELECT $1, 'h' || n, jsonb_build_object('filler', repeat(md5(n::text), 40)) FROM generate_series(1, 20000) AS n`, i.tenant)
	require.NoError(t, err)
	srv := httptest.NewServer(i.handler)
	defer srv.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+i.path+"/export", http.NoBody)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+i.root.token)
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	require.Equal(t, http.StatusOK, res.StatusCode)
	var body bytes.Buffer
	_, err = io.CopyN(&body, res.Body, 1) // it has begun
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, i.user.post("/api/hosts", map[string]any{"hostname": "later"}).status)
	require.Equal(t, http.StatusCreated, i.user.post("/api/cases", map[string]any{"title": "later"}).status)
	_, err = io.Copy(&body, res.Body)
	require.NoError(t, err)
	m, files := unzip(t, body.Bytes())
	rows := map[string]int64{}
	for _, f := range m.Files {
		rows[f.Name] = f.Rows
	}
	require.EqualValues(t, 20000, rows["hosts.ndjson"])
	require.Zero(t, rows["cases.ndjson"])
	require.NotContains(t, string(files["audit_logs.ndjson"]), "case.create")
}
