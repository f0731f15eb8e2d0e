package velotest

import (
	"encoding/json"
	"time"
)

// Brought is what a flow brought from one of its sources (A or A/Source), each row as JSON, without asking over the wire: what
// arrived elsewhere is compared with it. Nothing for a flow that has not ended, or that ended with an error.
func (s *Server) Brought(orgID, clientID, flowID, artifact string) (rows []json.RawMessage, err error) {
	err = s.to(orgID, func(o *org, now time.Time) error {
		f := o.flow(clientID, flowID)
		if f == nil {
			return errUnknown
		}
		if state, _, _ := f.state(now, o.p.Pace); state != stateFinished {
			return nil
		}
		for row := range o.read(f, artifact, 0, -1) {
			text, err := appendJSON(nil, row)
			if err != nil {
				return err
			}
			rows = append(rows, text)
		}
		return nil
	})
	return rows, err
}
