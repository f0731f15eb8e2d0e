package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/velocicompanion/velocicompanion/models"
)

// noted is a change of a case as its row tells it.
type noted struct {
	what   string
	Ref    int64             `json:"ref"` // the host or the task; 0: the case
	Fields map[string]fromTo `json:"fields"`
	Host   string            `json:"host"`  // its name; empty: it was removed since
	Users  map[string]string `json:"users"` // the names of those that Fields names, by id
}

// readNoted reads what a branch put into a row's text; what can't be read has no details.
func readNoted(what, text string) *noted {
	n := &noted{}
	_ = json.Unmarshal([]byte(text), n)
	n.what = what
	return n
}

// entry says what changed about the case, its hosts or a task; page is where the screen shows the case.
func (n *noted) entry(page, actor string) models.TimelineEntry {
	e := models.TimelineEntry{Actor: actor, Link: page, Ref: models.TimelineRef{Type: "case"}}
	switch n.what {
	case models.CaseCreated:
		e.Title = "Case opened"
	case models.CaseUpdated:
		e.Title, e.Text = "Case changed", describe(n.Fields, n.Users)
	case models.CaseHostAdded:
		n.hosts(&e, "added")
	case models.CaseHostRemoved:
		n.hosts(&e, "taken out")
	case models.CaseTaskCreated:
		n.task(&e, "Task added")
	case models.CaseTaskUpdated:
		n.task(&e, "Task changed")
	case models.CaseTaskRemoved:
		n.task(&e, "Task removed")
	case models.CommentRemoved:
		e.Title = "Comment removed"
	}
	return e
}

// hosts tells of one host by its name, of many by their number.
func (n *noted) hosts(e *models.TimelineEntry, verb string) {
	if many, ok := n.Fields["hosts"].To.(float64); ok {
		e.Count = int64(many)
		e.Title = fmt.Sprintf("%d hosts %s", e.Count, verb)
		return
	}
	e.Title, e.Text, e.Ref = "Host "+verb, n.Host, models.TimelineRef{Type: "host", ID: n.Ref}
	if n.Host != "" {
		e.Link = "/hosts/" + decimal(n.Ref)
	}
}

func (n *noted) task(e *models.TimelineEntry, title string) {
	named := n.Fields["title"]
	name, _ := named.To.(string)
	if name == "" {
		name, _ = named.From.(string)
	}
	e.Title, e.Text, e.Ref = title, name, models.TimelineRef{Type: "task", ID: n.Ref}
	if n.what != models.CaseTaskUpdated {
		return
	}
	if named.From == named.To {
		delete(n.Fields, "title") // it names the task, and is no change
	}
	e.Text += ": " + describe(n.Fields, n.Users)
}

// describe says what changed, field by field: "severity: low → high; title: …".
func describe(changes map[string]fromTo, names map[string]string) string {
	fields := make([]string, 0, len(changes))
	for field := range changes {
		fields = append(fields, field)
	}
	slices.Sort(fields)
	parts := make([]string, 0, len(fields))
	for _, field := range fields {
		c := changes[field]
		label := strings.ReplaceAll(strings.TrimSuffix(strings.TrimSuffix(field, "_id"), "_at"), "_", " ")
		if field == "description" {
			parts = append(parts, "description changed")
			continue
		}
		parts = append(parts, fmt.Sprintf("%s: %s → %s", label, shownValue(field, c.From, names), shownValue(field, c.To, names)))
	}
	return strings.Join(parts, "; ")
}

func shownValue(field string, v any, names map[string]string) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case string:
		if v == "" {
			return "none"
		}
		return v
	case float64:
		if field == "assignee_id" {
			if name := names[strconv.FormatFloat(v, 'f', -1, 64)]; name != "" {
				return name
			}
			return "a former user"
		}
		return fmt.Sprint(v)
	case []any:
		if len(v) == 0 {
			return "none"
		}
		texts := make([]string, len(v))
		for i := range v {
			texts[i] = fmt.Sprint(v[i])
		}
		return strings.Join(texts, ", ")
	}
	return fmt.Sprint(v)
}
