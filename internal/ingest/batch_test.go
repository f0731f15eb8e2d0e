package ingest_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/ingest"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/internal/testkit"
	"github.com/velocicompanion/velocicompanion/models"
)

func lines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"hostname":"h%d","client_id":"C.%d","labels":["x"],"rows":[{"n":%d,"dst":"203.0.114.%d"}]}`+"\n", i%50, i%50, i, i%250)
	}
	return b.String()
}

func TestWhatComesInManyFormsIsTheSame(t *testing.T) {
	t.Parallel()
	csv := "hostname,client_id,os,labels,rows\nweb-1,C.1,linux,a;b,\"[{\"\"x\"\":1}]\"\n"
	for name, text := range map[string]string{
		"ndjson": `{"hostname":"web-1","client_id":"C.1","os":"linux","labels":["a","b"],"rows":[{"x":1}]}`,
		"array":  `[ {"hostname":"web-1","client_id":"C.1","os":"linux","labels":["a","b"],"rows":[{"x":1}]} ]`,
		"csv":    csv, "bom": "\xEF\xBB\xBF" + csv, "crlf": strings.ReplaceAll(csv, "\n", "\r\n"), "gzip": packed(t, csv),
	} {
		b := setup(t)
		row := b.all(t, text)
		require.Equal(t, models.JobCompleted, row.Status, name)
		require.Equal(t, models.BatchCounts{Bytes: int64(len(text)), Lines: 1, Processed: 1, Accepted: 1, Rows: 1, RowsNew: 1, HostsCreated: 1}, row.BatchCounts, name)
		require.InDelta(t, 1, row.Progress(), 0)
		hosts := b.hosts(t)
		require.Len(t, hosts, 1)
		require.Equal(t, []string{"a", "b"}, hosts[0].Labels)
		require.Equal(t, "C.1", *hosts[0].ClientID)
	}
}

func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func TestTheSameContentAgainIsTheSameFact(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *ingest.Params) { p.Lines = 100 })
	first := b.all(t, lines(1000))
	require.EqualValues(t, 1000, first.RowsNew)
	require.EqualValues(t, 50, first.HostsCreated)
	require.EqualValues(t, 250, first.Indicators)
	again := b.arrive(t, strings.NewReader(lines(1000)))
	require.Equal(t, first.ID, again.ID)
	list, _, err := b.t.ListBatches(t.Context(), store.BatchQuery{})
	require.NoError(t, err)
	require.Len(t, list, 1, "the repeat left no batch of its own")

	other := b.all(t, lines(1000), func(r *models.Batch) { r.Source = "another" })
	require.NotEqual(t, first.ID, other.ID)
	require.EqualValues(t, 1000, other.RowsNew, "from another source they are other facts")
	require.Zero(t, other.HostsCreated)
	require.Zero(t, other.Indicators)
}

func TestAKeyIsOneUpload(t *testing.T) {
	t.Parallel()
	b := setup(t)
	keyed := func(r *models.Batch) { key := "k1"; r.IdempotencyKey = &key }
	_, err := b.receive(t, cutOff{strings.NewReader(lines(10))}, keyed)
	require.Error(t, err)
	first := b.arrive(t, strings.NewReader(lines(10)), keyed)
	earlier, err := b.receive(t, strings.NewReader("something else"), keyed)
	require.NoError(t, err)
	require.Equal(t, first.ID, earlier.ID)
}

// cutOff breaks off where its text ends, as a connection does.
type cutOff struct{ r io.Reader }

func (c cutOff) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func TestAnUploadThatIsCutOffLeavesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *ingest.Params) { p.Lines = 10 })
	row, err := b.receive(t, cutOff{strings.NewReader(lines(95))})
	require.Equal(t, fault.Malformed, fault.KindOf(err))
	require.ErrorContains(t, err, "cut off")
	got, err := b.t.Batch(t.Context(), row.ID)
	require.NoError(t, err)
	require.Equal(t, models.JobFailed, got.Status)
	require.Empty(t, b.hosts(t))
	_, err = b.t.RetryBatch(t.Context(), row.ID)
	require.ErrorContains(t, err, "send it again")
}

func TestWhatCantBeReadAsAWholeIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	bomb := packed(t, strings.Repeat(`{"hostname":"`+strings.Repeat("a", 1<<20)+"\"}\n", 64))
	var evil bytes.Buffer
	z := zip.NewWriter(&evil)
	_, err := z.Create("readme.txt")
	require.NoError(t, err)
	require.NoError(t, z.Close())
	for text, kind := range map[string]fault.Kind{
		"": fault.Invalid, "ElfFile\x00 and more": fault.Unsupported, bomb: fault.TooLarge, packed(t, lines(500))[:900]: fault.Malformed,
		evil.String(): fault.Unsupported, strings.Repeat("x", 200_001): fault.TooLarge,
	} {
		b := setup(t, func(p *ingest.Params) { p.MaxUpload = 200_000 })
		_, err := b.receive(t, strings.NewReader(text))
		require.Equal(t, kind, fault.KindOf(err), "%v", err)
		require.Empty(t, b.hosts(t))
	}
}

func TestManyAtOnceBringEachChunkInOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *ingest.Params) { p.Lines = 20 })
	row := b.arrive(t, strings.NewReader(lines(1000)))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				status, err := b.in.Advance(context.Background(), b.t, row.ID, false)
				if err != nil || models.JobFinal(status) {
					return
				}
			}
		})
	}
	wg.Wait()
	got := b.finish(t, row.ID)
	require.Equal(t, models.JobCompleted, got.Status)
	require.EqualValues(t, 1000, got.Accepted)
	require.EqualValues(t, 1000, got.RowsNew)
	require.EqualValues(t, 50, got.HostsCreated)
}

func TestABatchIsCancelledHalfWayAndGoesOn(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *ingest.Params) { p.Lines = 100 })
	row := b.arrive(t, strings.NewReader(lines(1000)))
	for range 3 {
		_, err := b.in.Advance(t.Context(), b.t, row.ID, false)
		require.NoError(t, err)
	}
	got, err := b.t.CancelBatch(t.Context(), row.ID)
	require.NoError(t, err)
	require.Equal(t, models.JobCancelling, got.Status)
	got = b.finish(t, row.ID)
	require.Equal(t, models.JobCancelled, got.Status)
	require.EqualValues(t, 300, got.Accepted, "what came in stays")
	_, err = b.t.Job(t.Context(), models.JobBatch, row.ID)
	require.Equal(t, fault.NotFound, fault.KindOf(err), "nothing is left to be carried out")
	_, err = b.t.CancelBatch(t.Context(), row.ID)
	require.Equal(t, fault.Conflict, fault.KindOf(err))

	got, err = b.t.RetryBatch(t.Context(), row.ID)
	require.NoError(t, err)
	require.Equal(t, 2, got.Attempt)
	got = b.finish(t, row.ID)
	require.Equal(t, models.JobCompleted, got.Status)
	require.EqualValues(t, 1000, got.Accepted)
	require.EqualValues(t, 1000, got.RowsNew)
	_, err = b.t.RetryBatch(t.Context(), row.ID)
	require.Equal(t, fault.Conflict, fault.KindOf(err))
}

func TestTheEndIsToldToWhoSentIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	row := b.all(t, lines(3)+"{\n", func(r *models.Batch) { r.Filename = "rows.ndjson" })
	inbox, _, err := b.t.ListNotifications(t.Context(), store.InboxQuery{UserID: b.user})
	require.NoError(t, err)
	require.Len(t, inbox, 1)
	require.Equal(t, "batch.completed", inbox[0].Type)
	require.Contains(t, inbox[0].Title, "rows.ndjson")
	require.Contains(t, inbox[0].Message, "3 of 4 lines")
	require.Equal(t, fmt.Sprintf("/ingestion/%d", row.ID), inbox[0].Link)
}

func TestPlaybooksHearOfHostsThatCameInOnceEach(t *testing.T) {
	t.Parallel()
	b := setup(t)
	testkit.Playbook(t, b.s, b.t.ID(), b.user, map[string]any{}, "host.ingested")
	row := b.arrive(t, strings.NewReader(lines(1000)))
	b.finish(t, row.ID)
	claimed, err := b.s.System().ClaimOutbox(t.Context(), store.Claim{Kinds: []string{models.OutboxEvent}, Limit: 100, Lease: 1})
	require.NoError(t, err)
	require.Len(t, claimed, 1, "fifty hosts in one row")
	require.Equal(t, 50, bytes.Count(claimed[0].Payload, []byte(`"type": "host.ingested"`))-1)
}
