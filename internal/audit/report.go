package audit

import (
	"time"

	"github.com/velocicompanion/velocicompanion/models"
)

// Kinds of findings.
const (
	Altered  = "altered"  // a line or a seal is not what was sealed
	Missing  = "missing"  // a sealed line is gone
	Inserted = "inserted" // a line that none of our processes wrote
	Cut      = "cut"      // the end of the chain is gone
)

// maxFindings is how many findings a report names; it counts them all.
const maxFindings = 1000

// Finding is one thing that is wrong.
type Finding struct {
	Kind      string
	Seq       int64 // place in the chain; 0: it has none
	AuditID   int64 // id of the line; 0: not known any more
	CreatedAt *time.Time
	Detail    string
}

// Report is what verification found out about one tenant's trail.
type Report struct {
	Checked   int64 // sealed lines
	Unsealed  int64 // lines that wait for their seal
	Overdue   int64 // of these, older than OverdueAfter
	FirstSeq  int64 // 0: none
	LastSeq   int64
	Head      *models.AuditHead       // nil: nothing is sealed
	Retired   *models.AuditCheckpoint // nil: no line was ever removed for its age
	Found     int64                   // all findings
	Findings  []Finding               // the first of them
	KnownHead string                  // what became of the head that the caller knows: "", confirmed, contradicted, retired
}

// Intact says whether nothing is wrong.
func (r *Report) Intact() bool { return r.Found == 0 }

func (r *Report) add(f Finding) {
	r.Found++
	if len(r.Findings) < maxFindings {
		r.Findings = append(r.Findings, f)
	}
}

// gone reports the places from first to last, of which neither seal nor line is there.
func (r *Report) gone(kind string, first, last int64, detail string) {
	for seq := first; seq <= last; seq++ {
		if len(r.Findings) == maxFindings {
			r.Found += last - seq + 1
			return
		}
		r.add(Finding{Kind: kind, Seq: seq, Detail: detail})
	}
}
