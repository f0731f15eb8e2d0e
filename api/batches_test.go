package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/api"
	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/ingest"
	"github.com/velocicompanion/velocicompanion/models"
)

const batchPath = "/api/ingestion/batches"

// upload sends a batch and has it brought in.
func (c *client) upload(query, text string, header ...string) api.BatchBody {
	c.b.t.Helper()
	var row api.BatchBody
	a := c.do(http.MethodPost, batchPath+query, text, header...)
	require.Equal(c.b.t, http.StatusAccepted, a.status, a.text)
	a.into(&row)
	in := ingest.New(ingest.Params{})
	for !models.JobFinal(row.Status) {
		_, err := in.Advance(c.b.t.Context(), c.b.store.Tenant(c.user.TenantID), row.ID, true)
		require.NoError(c.b.t, err)
		c.get(batchPath + "/" + itoa(row.ID)).into(&row)
	}
	return row
}

func TestABatchOverHTTP(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleUser)
	text := `{"hostname":"web-1","rows":[{"n":1,"RemoteAddr":"203.0.114.9"}]}` + "\n" + `{"hostname":` + "\n" + `{"hostname":"a b"}` + "\n"
	row := c.upload("?filename=rows.ndjson&source=Custom", text, "Idempotency-Key", "k")
	require.Equal(t, "completed", row.Status)
	require.Equal(t, "done", row.Phase)
	require.Equal(t, "ndjson", row.Format)
	require.InDelta(t, 1, row.Progress, 0)
	require.Equal(t, []int64{3, 1, 2, 1, 1, 1}, []int64{row.Lines, row.Accepted, row.Rejected, row.RowsNew, row.Indicators, row.HostsCreated})

	var list []api.BatchErrorBody
	page := c.get(batchPath + "/" + itoa(row.ID) + "/errors")
	page.into(&list)
	require.Equal(t, "2", page.header.Get("X-Total-Count"))
	require.Len(t, list, 2)
	require.EqualValues(t, 2, list[0].Line)
	require.Equal(t, "truncated", list[0].Code)
	require.Equal(t, "hostname", list[1].Field)
	require.Contains(t, c.get(batchPath+"/"+itoa(row.ID)+"/errors?format=ndjson").text, `"text":"{\"hostname\":"`)
	require.Contains(t, c.get(batchPath+"/"+itoa(row.ID)+"/errors?format=csv").text, "line,offset,member,code,reason,field,excerpt")

	again := c.do(http.MethodPost, batchPath+"?filename=rows.ndjson&source=Custom", text, "Idempotency-Key", "k")
	require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
	require.Equal(t, http.StatusAccepted, again.status)
	other := c.do(http.MethodPost, batchPath, "something else", "Idempotency-Key", "k")
	require.Equal(t, "idempotency_mismatch", other.problem().Code)
	require.Equal(t, row.ID, c.upload("?source=Custom", text).ID, "the same content is the batch that is there")
	require.NotEqual(t, row.ID, c.upload("?source=Custom&again=true", text).ID)
}

func TestABatchThatCantBeTakenSaysWhy(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleUser)
	for query, want := range map[string]string{
		"?format=pdf": "query.format", "?colour=red": "query.colour", "?source=a&source=b": "query.source", "?again=perhaps": "query.again",
		"?hostname=a%20b": "query.hostname", "?source=" + strings.Repeat("x", 201): "query.source",
	} {
		p := c.do(http.MethodPost, batchPath+query, "{}").problem()
		require.Equal(t, http.StatusUnprocessableEntity, p.Status, query)
		require.Equal(t, want, p.Errors[0].Location, query)
	}
	for text, code := range map[string]string{"": "empty_upload", "%PDF-1.7": "unsupported_format", "PK\x03\x04 no zip": "not_a_zip", "\x1f\x8b\x08broken": "broken_input"} {
		p := c.do(http.MethodPost, batchPath, text).problem()
		require.Equal(t, code, p.Code, p.Detail)
	}
	var list []api.BatchBody
	c.get(batchPath + "?status=failed").into(&list)
	require.Len(t, list, 4, "each is on record")
	require.NotEmpty(t, list[0].Error)
	require.NotEmpty(t, list[0].ErrorCode)
	p := c.post(batchPath+"/"+itoa(list[0].ID)+"/retry", nil).problem()
	require.Equal(t, "resend_needed", p.Code)
	p = c.post(batchPath+"/"+itoa(list[0].ID)+"/cancel", nil).problem()
	require.Equal(t, "batch_ended", p.Code)
}
