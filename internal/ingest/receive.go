package ingest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/intake"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// The stable codes of uploads that fail as a whole, beside those of internal/intake.
const (
	CodeIncomplete = "upload_incomplete" // it was cut off
	CodeTooLarge   = "upload_too_large"
	CodeEmpty      = "empty_upload"
)

// Receive reads a batch to its end and keeps it chunk by chunk as it comes, in flat memory; then AcceptBatch can have it
// processed. Whole says what it was. Faults: Malformed, TooLarge, Unsupported, Invalid for what can't be read as a whole,
// Conflict (batch_ended) when it was cancelled meanwhile. Nothing of a batch whose Receive failed is processed; the caller
// ends it by FailUpload.
func (s *Service) Receive(ctx context.Context, t *store.Tenant, row *models.Batch, body io.Reader) (whole store.Whole, err error) {
	up := newUpload(body, s.p.MaxUpload)
	src := bufio.NewReaderSize(up, 64<<10)
	format := row.Format
	if format == "auto" {
		if format = ""; isZip(src) {
			format = "zip"
		}
	}
	var in intake.Reader
	if format == "zip" {
		spooled, size, err := s.spool(src)
		if err != nil {
			return whole, err
		}
		defer spooled.remove()
		in, err = intake.OpenArchive(spooled.file, size, s.options(intake.Auto))
		if err != nil {
			return whole, err
		}
	} else if in, err = intake.Open(src, s.options(formatOf(format))); err != nil {
		return whole, up.blame(err)
	}
	if err := s.keep(ctx, t, row, up, in); err != nil {
		return whole, up.blame(err)
	}
	if _, err := io.Copy(io.Discard, src); err != nil { // what stands behind the end of compressed data belongs to the content
		return whole, up.blame(err)
	}
	if format == "" {
		format = string(in.Position().Format)
	}
	return up.wholeOf(row, format), nil
}

func (s *Service) options(f intake.Format) intake.Options {
	return intake.Options{Format: f, Limits: s.p.Limits, Keep: keptText}
}

// keptText is how much of a bad line is kept as it came, so that it can be mended and sent again, in bytes.
const keptText = 1 << 20

// formatOf is the API's format as intake knows it. Event logs are JSON as their tools write it.
func formatOf(name string) intake.Format {
	switch name {
	case "", "auto", "evtx":
		return intake.Auto
	default:
		return intake.Format(name)
	}
}

func isZip(src *bufio.Reader) bool {
	magic, err := src.Peek(4)
	return err == nil && (bytes.Equal(magic, []byte("PK\x03\x04")) || bytes.Equal(magic, []byte("PK\x05\x06")))
}

// keep packs lines and hands them to the database as a chunk is full.
func (s *Service) keep(ctx context.Context, t *store.Tenant, row *models.Batch, up *upload, in intake.Reader) error {
	var pack intake.Packer
	tell := pace{clock: s.p.Clock, every: s.p.Pace}
	seq, lines := 0, 0
	flush := func() error {
		n := pack.Lines()
		data, err := pack.Take()
		if err != nil {
			return err
		}
		err = t.AddChunk(ctx, row.ID, store.Arrived{Seq: seq, Lines: n, Data: data, Bytes: up.n, Tell: tell.due()})
		seq++
		return err
	}
	for {
		line, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		pack.Add(&line)
		lines++
		if pack.Lines() >= s.p.Lines || pack.Size() >= s.p.ChunkText {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if lines == 0 {
		return fault.New(fault.Invalid, "there is no row in it").WithCode(CodeEmpty)
	}
	return flush()
}
