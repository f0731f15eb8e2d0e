package fleet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/models"
)

// HuntAsk is a hunt as it is asked for: by people, schedules and playbooks alike.
type HuntAsk struct {
	Description   string          `json:"description" minLength:"1" maxLength:"400" doc:"what it is for; the Velociraptor server shows it too"`
	Artifacts     []string        `json:"artifacts" minItems:"1" maxItems:"20" nullable:"false"`
	Parameters    json.RawMessage `json:"parameters,omitempty" doc:"{artifact: {parameter: value}}, or {parameter: value} where there is one artifact; values are texts, numbers, booleans, or lists for those that take several"`
	OS            string          `json:"os,omitempty" enum:"windows,linux,darwin" doc:"left out: every system"`
	IncludeLabels []string        `json:"include_labels,omitempty" maxItems:"50" doc:"hosts with one of these labels"`
	ExcludeLabels []string        `json:"exclude_labels,omitempty" maxItems:"50" doc:"hosts with none of these labels"`
	HostIDs       []int64         `json:"host_ids,omitempty" maxItems:"10000" doc:"these hosts only"`
	Expires       string          `json:"expires,omitempty" maxLength:"40" example:"7d" doc:"a time (RFC 3339), or how long it is open: 30m, 24h, 7d, 2w; a week where it is left out"`
	ClientLimit   int             `json:"client_limit,omitempty" minimum:"0" maximum:"1000000" doc:"at most so many hosts, those that are online first; 0: no limit"`
	Timeout       int             `json:"timeout,omitempty" minimum:"0" maximum:"86400" doc:"seconds on a host; 0: the artifact's own"`
	MaxRows       int             `json:"max_rows,omitempty" minimum:"0" maximum:"10000000" doc:"of a host; 0: the server's own limit"`
	Until         string          `json:"until,omitempty" enum:"idle,expires" doc:"idle (also where it is left out): over when what is online has answered and nothing new comes; expires: open for hosts that come online later"`
	Paused        bool            `json:"paused,omitempty" doc:"made, but not begun until it is resumed"`

	By          HuntBy     `json:"-"`
	ScheduleID  int64      `json:"-"` // 0: none
	ScheduledAt *time.Time `json:"-"` // the schedule's time that it is for
	ExecutionID int64      `json:"-"` // the run that it is a step of; 0: none
	StepKey     string     `json:"-"`
	Causation   []string   `json:"-"` // ids of the events that led to it, oldest first
}

// HuntBy is who starts a hunt.
type HuntBy struct {
	UserID   int64 // 0: nobody
	Username string
}

const (
	huntExpiry    = 7 * 24 * time.Hour
	huntShortest  = time.Minute
	huntLongest   = 365 * 24 * time.Hour
	huntArtifacts = 20
	huntLabels    = 50
	huntHosts     = 10_000
	huntValue     = 64 << 10 // bytes of a parameter's value
)

// row is the hunt as it is kept. Faults: Invalid, at the field.
func (a *HuntAsk) row(now time.Time) (*models.Hunt, error) {
	params, err := a.params()
	if err != nil {
		return nil, err
	}
	expires, err := a.expires(now)
	if err != nil {
		return nil, err
	}
	if err := a.check(); err != nil {
		return nil, err
	}
	row := &models.Hunt{
		Mode: a.mode(), Description: strings.TrimSpace(a.Description), Artifacts: a.Artifacts, Parameters: params, OS: a.OS,
		IncludeLabels: orEmpty(a.IncludeLabels), ExcludeLabels: orEmpty(a.ExcludeLabels), HostIDs: orEmpty(a.HostIDs), ClientLimit: a.ClientLimit,
		TimeoutSeconds: a.Timeout, MaxRows: a.MaxRows, Until: a.Until, Paused: a.Paused, ExpiresAt: expires, Username: a.By.Username,
		ScheduledAt: a.ScheduledAt, StepKey: a.StepKey, Causation: orEmpty(a.Causation), CreatedBy: orNil(a.By.UserID), ScheduleID: orNil(a.ScheduleID), ExecutionID: orNil(a.ExecutionID),
	}
	if row.Until == "" {
		row.Until = models.HuntUntilIdle
	}
	return row, nil
}

// mode says how the hunt is carried out. A hunt of the server's drops labels beside a system, silently, knows no list of
// hosts, and its own limit only in the root org: those are collections of ours.
func (a *HuntAsk) mode() string {
	if len(a.HostIDs) > 0 || a.ClientLimit > 0 || a.OS != "" && len(a.IncludeLabels)+len(a.ExcludeLabels) > 0 {
		return models.HuntByCollections
	}
	return models.HuntByServer
}

func (a *HuntAsk) check() error {
	description := strings.TrimSpace(a.Description)
	const longest = 400
	switch problem := models.TextProblem(description, longest); {
	case description == "":
		return fault.InvalidField("description", "say what the hunt is for")
	case problem != "":
		return fault.InvalidField("description", "%s", problem)
	case len(a.Artifacts) == 0 || len(a.Artifacts) > huntArtifacts:
		return fault.InvalidField("artifacts", "name 1 to %d artifacts", huntArtifacts)
	case !slices.Contains([]string{"", "windows", "linux", "darwin"}, a.OS):
		return fault.InvalidField("os", "must be windows, linux or darwin")
	case !slices.Contains([]string{"", models.HuntUntilIdle, models.HuntUntilExpires}, a.Until):
		return fault.InvalidField("until", "must be idle or expires")
	case len(a.HostIDs) > huntHosts:
		return fault.InvalidField("host_ids", "name at most %d hosts", huntHosts)
	case a.ClientLimit < 0 || a.Timeout < 0 || a.MaxRows < 0:
		return fault.InvalidField("client_limit", "limits must not be negative")
	}
	for i, name := range a.Artifacts {
		if strings.TrimSpace(name) == "" || slices.Contains(a.Artifacts[:i], name) {
			return fault.InvalidField(at("artifacts", i), "must be an artifact's name, each once")
		}
	}
	if err := labelsOf("include_labels", a.IncludeLabels); err != nil {
		return err
	}
	return labelsOf("exclude_labels", a.ExcludeLabels)
}

func labelsOf(field string, labels []string) error {
	if len(labels) > huntLabels {
		return fault.InvalidField(field, "name at most %d labels", huntLabels)
	}
	for i, l := range labels {
		if problem := models.TextProblem(l, 200); strings.TrimSpace(l) == "" || problem != "" {
			return fault.InvalidField(at(field, i), "must be a label")
		}
	}
	return nil
}

// expires is when the hunt ends at the latest.
func (a *HuntAsk) expires(now time.Time) (time.Time, error) {
	if a.Expires == "" {
		return now.Add(huntExpiry), nil
	}
	return ParseExpiry(a.Expires, now)
}

// ParseExpiry reads a time, or how long from now: 30m, 24h, 7d, 2w. Faults: Invalid at expires for what can't be read, lies in the past, or
// more than a year ahead.
func ParseExpiry(text string, now time.Time) (time.Time, error) {
	bad := func(how string) error { return fault.InvalidField("expires", "%s", how) }
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		if len(text) < 2 {
			return when, bad("must be a time such as 2026-12-24T18:00:00Z, or a span such as 30m, 24h, 7d or 2w")
		}
		units := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
		n, failed := strconv.ParseUint(text[:len(text)-1], 10, 31)
		unit, known := units[text[len(text)-1]]
		if failed != nil || !known {
			return when, bad("must be a time such as 2026-12-24T18:00:00Z, or a span such as 30m, 24h, 7d or 2w")
		}
		if n > uint64(huntLongest/unit) {
			return when, bad("must lie within a year")
		}
		when = now.Add(time.Duration(n) * unit)
	}
	switch {
	case when.Before(now.Add(huntShortest)):
		return when, bad("must lie in the future, a minute or more")
	case when.After(now.Add(huntLongest)):
		return when, bad("must lie within a year")
	}
	return when.UTC(), nil
}

// params are the parameters by artifact, as texts: what Velociraptor's parameters are.
func (a *HuntAsk) params() (map[string]map[string]string, error) {
	out := map[string]map[string]string{}
	if len(a.Parameters) == 0 || string(a.Parameters) == "null" {
		return out, nil
	}
	var given map[string]json.RawMessage
	if err := json.Unmarshal(a.Parameters, &given); err != nil {
		return nil, fault.InvalidField("parameters", "must be an object: {artifact: {parameter: value}}")
	}
	flat := map[string]string{}
	for name, raw := range given {
		if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
			if !slices.Contains(a.Artifacts, name) {
				return nil, fault.InvalidField("parameters."+name, "is none of this hunt's artifacts")
			}
			values, err := paramTexts("parameters."+name, raw)
			if err != nil {
				return nil, err
			}
			out[name] = values
			continue
		}
		value, err := paramText("parameters."+name, raw)
		if err != nil {
			return nil, err
		}
		flat[name] = value
	}
	switch {
	case len(flat) == 0:
		return out, nil
	case len(out) > 0 || len(a.Artifacts) != 1:
		return nil, fault.InvalidField("parameters", "name the artifact that they are for: {artifact: {parameter: value}}")
	}
	return map[string]map[string]string{a.Artifacts[0]: flat}, nil
}

func paramTexts(at string, raw json.RawMessage) (map[string]string, error) {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(raw, &given); err != nil {
		return nil, fault.InvalidField(at, "must be an object: {parameter: value}")
	}
	out := make(map[string]string, len(given))
	for name, raw := range given {
		value, err := paramText(at+"."+name, raw)
		if err != nil {
			return nil, err
		}
		out[name] = value
	}
	return out, nil
}

// paramText is a parameter's value as Velociraptor takes it: a text; Y and N for a boolean, JSON for a list.
func paramText(at string, raw json.RawMessage) (string, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return "", fault.InvalidField(at, "must be a text, a number, a boolean or a list")
	}
	text := ""
	switch v := v.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	case bool:
		text = map[bool]string{true: "Y", false: "N"}[v]
	case nil:
	case []any:
		text = string(bytes.TrimSpace(raw))
	default:
		return "", fault.InvalidField(at, "must be a text, a number, a boolean or a list")
	}
	switch {
	case len(text) > huntValue:
		return "", fault.InvalidField(at, "is longer than %d bytes", huntValue)
	case strings.ContainsRune(text, 0):
		return "", fault.InvalidField(at, "must not hold NUL characters")
	}
	return text, nil
}

func at(field string, i int) string { return fmt.Sprintf("%s[%d]", field, i) }

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func orNil(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}
