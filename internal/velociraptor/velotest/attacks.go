package velotest

import (
	"bytes"
	_ "embed" // the stories
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// attackText are rows as tools leave them that attackers use, in the shapes of the artifacts that would show them. Written for
// this fleet; addresses and names are those that are kept for examples (RFC 5737, RFC 2606).
//
//go:embed attacks.json
var attackText []byte

// attacks are stories: what one attack leaves in which artifact.
type attacks struct {
	stories []story
}

type story struct {
	Name   string               `json:"story"`
	System string               `json:"system"`
	Rows   map[string][]ordered `json:"rows"` // artifact, or artifact/source → rows
}

func readAttacks() (*attacks, error) {
	var a attacks
	if err := json.Unmarshal(attackText, &a.stories); err != nil {
		return nil, fmt.Errorf("attacks.json: %w", err)
	}
	return &a, nil
}

// of gives what an attacked endpoint shows in an artifact: one story each, told with its own names and times.
func (a *attacks) of(e *endpoint, artifact string, at time.Time) (out []record) {
	var fitting []*story
	for i := range a.stories {
		if a.stories[i].System == e.system() {
			fitting = append(fitting, &a.stories[i])
		}
	}
	if len(fitting) == 0 {
		return nil
	}
	told := fitting[int(e.n/attackedEvery)%len(fitting)]
	rows := told.Rows[artifact]
	for i, row := range rows {
		began := at.Add(-time.Duration(20+len(rows)-i) * time.Minute)
		out = append(out, record(row).told(strings.NewReplacer("{{host}}", e.host(), "{{user}}", e.user(), "{{ip}}", e.ip(), "{{fqdn}}", e.fqdn(), "{{time}}", stamp(began))))
	}
	return out
}

// told fills the places in a row's texts.
func (r record) told(places *strings.Replacer) record {
	out := make(record, len(r))
	for i, c := range r {
		switch v := c.value.(type) {
		case string:
			c.value = places.Replace(v)
		case record:
			c.value = v.told(places)
		}
		out[i] = c
	}
	return out
}

// ordered is a record that is read.
type ordered record

// UnmarshalJSON keeps the order of the columns, and whole numbers whole.
func (o *ordered) UnmarshalJSON(text []byte) error {
	in := json.NewDecoder(bytes.NewReader(text))
	if _, err := in.Token(); err != nil {
		return err
	}
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return err
		}
		var raw json.RawMessage
		if err := in.Decode(&raw); err != nil {
			return err
		}
		c := column{name: fmt.Sprint(name), value: raw}
		switch raw[0] {
		case '"':
			var s string
			err = json.Unmarshal(raw, &s)
			c.value = s
		case '{':
			var inner ordered
			err = json.Unmarshal(raw, &inner)
			c.value = record(inner)
		}
		if err != nil {
			return err
		}
		*o = append(*o, c)
	}
	return nil
}
