package api

import (
	"strconv"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// IfMatchInput is the optional condition of a change: the ETag of the state it was made on. Embed it.
type IfMatchInput struct {
	IfMatch string `header:"If-Match" maxLength:"100" doc:"the ETag that the row had; 412 when it was edited since"`
}

// seen is the updated_at that the condition names; zero without one, and for "*". Faults: Stale for what is no ETag of
// ours, since no state of the row can have it.
func (i IfMatchInput) seen() (time.Time, error) {
	tag := strings.TrimPrefix(strings.TrimSpace(i.IfMatch), "W/")
	if tag == "" || tag == "*" {
		return time.Time{}, nil
	}
	micros, err := strconv.ParseInt(strings.Trim(tag, `"`), 36, 64)
	if err != nil || !strings.HasPrefix(tag, `"`) || micros <= 0 {
		return time.Time{}, fault.New(fault.Stale, "If-Match is no ETag of this row").WithCode("edited_meanwhile")
	}
	return time.UnixMicro(micros), nil
}

// etag names a state of a row: its updated_at, to the microsecond.
func etag(updated time.Time) string { return `"` + strconv.FormatInt(updated.UnixMicro(), 36) + `"` }
