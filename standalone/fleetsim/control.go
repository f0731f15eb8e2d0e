package fleetsim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velotest"
)

// control makes trouble on request: POST /trouble with a velotest.Trouble, /stop?seconds=, /enrol?count=&org=,
// /delete?client=&org=, /switch?client=&on=&org=; GET /state.
type control struct {
	server  *velotest.Server
	log     io.Writer
	address string
}

const (
	maxBody   = 64 << 10
	mostAway  = time.Hour
	mostEnrol = 100_000
)

func (c *control) handler() http.Handler {
	mux := http.NewServeMux()
	for path, do := range map[string]func(r *http.Request) error{
		"/trouble": c.trouble, "/stop": c.stop, "/enrol": c.enrol, "/delete": c.remove, "/switch": c.turn,
	} {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			if err := do(r); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			_, _ = fmt.Fprintf(c.log, "fleet-sim: %s\n", r.URL.RequestURI()) // a person may watch
			w.WriteHeader(http.StatusNoContent)
		})
	}
	mux.HandleFunc("GET /state", c.state)
	return mux
}

func (c *control) trouble(r *http.Request) error {
	var t velotest.Trouble
	in := json.NewDecoder(r.Body)
	in.DisallowUnknownFields()
	if err := in.Decode(&t); err != nil {
		return err
	}
	c.server.Trouble(t)
	return nil
}

// stop takes the server away for some seconds, as a restart or a broken line does; it answers when that is over.
func (c *control) stop(r *http.Request) error {
	seconds, err := number(r, "seconds", 1, int(mostAway/time.Second))
	if err != nil {
		return err
	}
	c.server.Stop()
	_ = clock.Sleep(r.Context(), time.Duration(seconds)*time.Second) // who asked may have gone: back at once
	return c.server.Resume()                                         //nolint:contextcheck // the server outlives the call
}

func (c *control) enrol(r *http.Request) error {
	count, err := number(r, "count", 1, mostEnrol)
	if err != nil {
		return err
	}
	return c.server.Enrol(r.FormValue("org"), count)
}

func (c *control) remove(r *http.Request) error {
	return c.server.Delete(r.FormValue("org"), r.FormValue("client"))
}

func (c *control) turn(r *http.Request) error {
	on, err := strconv.ParseBool(r.FormValue("on"))
	if err != nil {
		return fmt.Errorf("on: %w", err)
	}
	return c.server.Switch(r.FormValue("org"), r.FormValue("client"), on)
}

// state says how much was asked and told.
func (c *control) state(w http.ResponseWriter, _ *http.Request) {
	said := struct {
		Statements map[string]int `json:"statements"`
		Callbacks  int            `json:"callbacks"`
	}{map[string]int{}, c.server.Callbacks()}
	for _, name := range c.server.Statements() {
		said.Statements[name]++
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(said); err != nil {
		_, _ = fmt.Fprintln(c.log, "fleet-sim: state:", err) // a person may watch
	}
}

func number(r *http.Request, name string, least, most int) (int, error) {
	n, err := strconv.Atoi(r.FormValue(name))
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%s must be a number between %d and %d", name, least, most)
	}
	return n, nil
}
