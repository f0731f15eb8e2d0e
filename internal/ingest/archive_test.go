package ingest_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/intake"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

func zipped(t *testing.T, members ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		f, err := w.Create(members[i])
		require.NoError(t, err)
		_, err = f.Write([]byte(members[i+1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.String()
}

func TestACollectionIsAboutItsMachine(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row := b.all(t, zipped(t,
		"client_info.json", `{"client_id":"C.54ca191b3f91fd7c","os_info":{"system":"linux","hostname":"vm","fqdn":"vm.corp.example"},"last_ip":"10.1.2.3:41916"}`,
		"results/Linux.Network.Netstat%2FTCP4.json", `{"Raddr":{"IP":"203.0.114.9"}}`+"\n{\"a\":\n{\"a\":2}\n",
		"results/Linux.Sys.Users.json", `{"User":"root"}`+"\n",
		"../results/evil.json", `{"a":1}`,
	))
	require.Equal(t, models.JobCompleted, row.Status)
	require.Equal(t, "zip", row.Format)
	require.EqualValues(t, 3, row.Accepted)
	require.EqualValues(t, 2, row.Rejected)
	require.EqualValues(t, 1, row.Indicators)
	hosts := b.hosts(t)
	require.Len(t, hosts, 1)
	require.Equal(t, "C.54ca191b3f91fd7c", *hosts[0].ClientID)
	require.Equal(t, "linux", hosts[0].OS)
	codes := map[string]string{}
	for _, e := range b.errors(t, row.ID) {
		codes[e.Code] = e.Member
	}
	require.Equal(t, map[string]string{intake.CodeUnsafeName: "../results/evil.json", intake.CodeTruncated: "results/Linux.Network.Netstat%2FTCP4.json"}, codes)
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "velocicompanion-upload-*"))
	require.NoError(t, err)
	for _, name := range left {
		require.NotContains(t, name, t.Name())
	}
}

func TestAHuntsArchiveIsAboutManyMachines(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row := b.all(t, zipped(t,
		"clients/a-C.0000000000000001/collections/F.1/results/X.json", `{"n":1}`,
		"clients/b-C.0000000000000002/collections/F.1/results/X.json", `{"n":1}`,
	))
	require.EqualValues(t, 2, row.RowsNew, "the same row of another machine is another fact")
	require.Len(t, b.hosts(t), 2)
}

func TestRowsThatNameNoHostAreAboutTheSendersHost(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row := b.all(t, `{"EventID":1,"Image":"C:\\evil.exe"}`, func(r *models.Batch) { r.Hostname, r.Format = "ws-1", "evtx" })
	require.EqualValues(t, 1, row.Accepted)
	require.Equal(t, "ws-1", b.hosts(t)[0].Hostname)
}

// shared finds the folder of recorded rows and public samples that lies beside the repository.
func shared(t *testing.T) string {
	t.Helper()
	for _, dir := range []string{
		os.Getenv("VC_SHARED_DATA"), filepath.Join("..", "..", "..", "shared", "data"), filepath.Join("..", "..", "..", "..", "shared", "data"),
	} {
		if _, err := os.Stat(filepath.Join(dir, "sigma")); dir != "" && err == nil {
			return dir
		}
	}
	t.Skip("there is no ../shared/data")
	return ""
}

func TestPublicSamplesAndRecordedRowsComeInWithoutASpecialCase(t *testing.T) {
	t.Parallel()
	b := setup(t)
	samples, err := filepath.Glob(filepath.Join(shared(t), "sigma", "*", "event.json"))
	require.NoError(t, err)
	for _, name := range samples {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		row := b.all(t, string(text))
		require.Equal(t, models.JobCompleted, row.Status, name)
		require.Positive(t, row.Accepted, name)
		require.Zero(t, row.Rejected, "%s: %+v", name, b.errors(t, row.ID))
	}
	hosts := len(b.hosts(t))
	require.Positive(t, hosts)
	recorded, err := filepath.Glob(filepath.Join(shared(t), "velociraptor", "*.jsonl"))
	require.NoError(t, err)
	for _, name := range recorded {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		row := b.all(t, string(text), func(r *models.Batch) { r.Hostname, r.Filename = "recorded", filepath.Base(name) })
		require.Equal(t, models.JobCompleted, row.Status, name)
		for _, e := range b.errors(t, row.ID) {
			require.Equal(t, intake.CodeNotAnObject, e.Code, "%s: %s", name, e.Reason)
		}
	}
	kinds := map[string]int{}
	list, _, err := b.t.ListArtifacts(t.Context(), store.ArtifactQuery{PageQuery: store.PageQuery{Limit: 500}})
	require.NoError(t, err)
	for i := range list {
		kinds[list[i].ArtifactType]++
	}
	for _, kind := range []string{"hash", "file", "registry", "url"} {
		require.Positive(t, kinds[kind], "%v", kinds)
	}
}

func TestCSVWithEveryKindOfDamage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	big := strings.Repeat("x", 1<<20+1)
	text := "\xEF\xBB\xBFhostname,os,labels\r\nweb-1,linux,a;b\r\nweb-2,\"never closed,b\r\nweb-3,linux\r\nweb-4,linux,a,too,many\r\nweb-5," + big + ",x\r\nweb-6,\"a \"\"quoted\"\" os\",\r\n"
	row := b.all(t, text)
	require.EqualValues(t, 2, row.Accepted)
	got := []string{}
	for _, e := range b.errors(t, row.ID) {
		got = append(got, fmt.Sprintf("%d %s", e.Line, e.Code))
	}
	require.Equal(t, []string{"3 cell_too_large", "4 wrong_number_of_cells", "5 wrong_number_of_cells", "6 cell_too_large"}, got)
}
