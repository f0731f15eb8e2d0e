package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// batchMemory is how much a batch may add to the memory of the process, however long it is, in bytes.
const batchMemory = 300 << 20

// batchLines sends one batch over HTTP, has it processed through the workflow, and compares what is there with what was
// sent. The process holds the API, the worker, and Temporal beside them.
func batchLines(ctx context.Context, o options) (rows []row, err error) {
	p, err := startPlatform(ctx, o, wish{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	conn, err := pgx.Connect(ctx, p.databaseURL)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	before, err := peakMemory(true)
	if err != nil {
		return nil, err
	}
	began := time.Now() //nolint:forbidigo // a program that measures real time
	if err := p.upload(ctx, o.lines); err != nil {
		return nil, err
	}
	arrived := time.Now() //nolint:forbidigo // likewise
	b, err := waitForBatch(ctx, conn)
	if err != nil {
		return nil, err
	}
	ended := time.Now() //nolint:forbidigo // likewise
	after, err := peakMemory(false)
	if err != nil {
		return nil, err
	}
	var there int64
	if err := conn.QueryRow(ctx, "SELECT count(*) FROM observations").Scan(&there); err != nil {
		return nil, err
	}
	exact := b.accepted == int64(o.lines) && b.fresh == int64(o.lines) && there == int64(o.lines)
	rate := func(d time.Duration) string { return fmt.Sprintf("%.0f", float64(o.lines)/d.Seconds()) }
	return []row{
		{what: fmt.Sprintf("batch of %d lines: arrival, lines/s", o.lines), ours: rate(arrived.Sub(began)), reference: "–", target: "–", met: true},
		{what: "the same: processing, rows/s", ours: rate(ended.Sub(arrived)), reference: "–", target: "–", met: true},
		{what: "the same: rows there", ours: strconv.FormatInt(there, 10), reference: strconv.Itoa(o.lines), target: "equal", met: exact},
		{
			what: "the same: peak memory beyond the idle process", ours: mib(after - before), reference: mib(before) + " idle",
			target: "≤ " + mib(batchMemory), met: after-before <= batchMemory,
		},
	}, nil
}

func mib(n int64) string { return fmt.Sprintf("%d MiB", n>>20) }

// upload streams n lines of 1,000 hosts under gzip.
func (p *platform) upload(ctx context.Context, n int) error {
	r, w := io.Pipe()
	go func() {
		gz, _ := gzip.NewWriterLevel(w, gzip.BestSpeed) // the level is one there is
		out := bufio.NewWriterSize(gz, 64<<10)
		var err error
		for i := 0; i < n && err == nil; i++ {
			_, err = fmt.Fprintf(out, `{"hostname":"h%d","client_id":"C.%016x","source":"Windows.System.Pslist","rows":[{"Pid":%d,"Name":"svchost.exe","Exe":"C:\\Windows\\System32\\svchost.exe","CommandLine":"svchost.exe -k netsvcs -s %d","RemoteAddr":"203.0.114.%d","CreateTime":"2026-11-21T19:11:49Z"}]}`+"\n",
				i%1000, i%1000, i, i, i%250)
		}
		_ = w.CloseWithError(errors.Join(err, out.Flush(), gz.Close()))
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.baseURL+"/api/ingestion/batches?filename=bench.ndjson.gz", r)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err == nil && (res.StatusCode != http.StatusAccepted || !json.Valid(body)) {
		err = fmt.Errorf("the upload was answered %s: %s", res.Status, body)
	}
	return err
}

// batchEnd is how a batch ended.
type batchEnd struct {
	status, reason  string
	accepted, fresh int64
}

// waitForBatch looks at the only batch until it has ended. The token would not last as long as the largest.
func waitForBatch(ctx context.Context, conn *pgx.Conn) (b batchEnd, err error) {
	for {
		err = conn.QueryRow(ctx, "SELECT status, error, accepted, rows_new FROM ingestion_batches").Scan(&b.status, &b.reason, &b.accepted, &b.fresh)
		switch {
		case err != nil:
			return b, err
		case b.status == "completed":
			return b, nil
		case b.status == "failed" || b.status == "cancelled":
			return b, fmt.Errorf("the batch is %s: %s", b.status, b.reason)
		}
		select {
		case <-ctx.Done():
			return b, ctx.Err()
		case <-time.After(50 * time.Millisecond): //nolint:forbidigo // a program that measures real time
		}
	}
}

// peakMemory is the most memory that this process held so far, in bytes; anew makes the kernel count from now on.
func peakMemory(anew bool) (int64, error) {
	if anew {
		if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
			return 0, fmt.Errorf("the peak of memory can't be set back: %w", err)
		}
	}
	return peakOf("self")
}

// peakOf is the most memory that a process held so far, in bytes.
func peakOf(pid string) (int64, error) {
	text, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kib << 10, err
		}
	}
	return 0, errors.New("the kernel tells no peak of memory")
}
