package ingest

import (
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/indicator"
	"github.com/velocicompanion/velocicompanion/internal/intake"
)

// Params are what a service needs; zero values are the defaults.
type Params struct {
	Clock     clock.Clock
	SpoolDir  string        // where archives lie while they are read; empty: the system's place for temporary files
	MaxUpload int64         // bytes of an upload as it comes: 2 GiB
	Limits    intake.Limits // of what it holds
	Lines     int           // of a chunk: 2,000
	ChunkText int           // bytes of a chunk's text: 4 MiB
	Pace      time.Duration // between two tellings of progress: 500 ms
}

// Service brings in what is handed in. It is safe for concurrent use.
type Service struct {
	p       Params
	extract *indicator.Extractor
}

// New makes a service.
func New(p Params) *Service {
	if p.Clock == nil {
		p.Clock = clock.System{}
	}
	if p.MaxUpload <= 0 {
		p.MaxUpload = 2 << 30
	}
	if p.Lines <= 0 {
		p.Lines = 2000
	}
	if p.ChunkText <= 0 {
		p.ChunkText = 4 << 20
	}
	if p.Pace <= 0 {
		p.Pace = 500 * time.Millisecond
	}
	return &Service{p: p, extract: indicator.NewExtractor(indicator.Options{})}
}

// pace says now and then that whoever watches is to be told.
type pace struct {
	clock clock.Clock
	every time.Duration
	last  time.Time
}

func (p *pace) due() bool {
	now := p.clock.Now()
	if now.Sub(p.last) < p.every {
		return false
	}
	p.last = now
	return true
}
