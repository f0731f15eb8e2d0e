package store

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/velocicompanion/velocicompanion/models"
)

// maxMentions is how many people one comment can call.
const maxMentions = 20

// mentionPattern finds @name where it is no part of a word, an address or a path. A name's own dots and dashes count, a
// sentence's at its end don't.
const mentionPattern = `(?:^|[^\pL\pN_@/.=-])@([\pL\pN_](?:[\pL\pN_.@+-]*[\pL\pN_])?)`

// mentions lists whom a Markdown text names with @, in lower case, each once. Code is left out: nobody is called by it.
func mentions(text string) []string {
	if !strings.Contains(text, "@") {
		return nil
	}
	var names []string
	for _, m := range regexp.MustCompile(mentionPattern).FindAllStringSubmatch(withoutCode(text), -1) {
		if name := lower(m[1]); !slices.Contains(names, name) && len(names) < maxMentions {
			names = append(names, name)
		}
	}
	return names
}

// withoutCode blanks what stands between backticks, in blocks or in a line. A tick that is never closed is a tick.
func withoutCode(text string) string {
	var out strings.Builder
	for {
		start := strings.IndexByte(text, '`')
		if start < 0 {
			break
		}
		ticks := len(text[start:]) - len(strings.TrimLeft(text[start:], "`"))
		fence, rest := text[start:start+ticks], text[start+ticks:]
		out.WriteString(text[:start])
		end := strings.Index(rest, fence)
		if end < 0 {
			out.WriteString(fence)
			text = rest
			continue
		}
		out.WriteByte(' ')
		text = rest[end+ticks:]
	}
	out.WriteString(text)
	return out.String()
}

// tellMentioned tells whom a comment names that were not named before; nobody is told of himself.
func (t *Tenant) tellMentioned(ctx context.Context, of *models.Case, row *models.Comment, before string) error {
	known := mentions(before)
	names := slices.DeleteFunc(mentions(row.Body), func(n string) bool { return slices.Contains(known, n) })
	if len(names) == 0 {
		return nil
	}
	users, err := t.ActiveUsers(ctx, names, nil)
	if err != nil {
		return err
	}
	var ids []int64
	for i := range users {
		if !t.byHimself(users[i].ID) {
			ids = append(ids, users[i].ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	_, err = t.Notify(ctx, Notice{
		Users: ids, Type: "case.mentioned", Severity: models.SeverityInfo, Title: row.Author + " mentioned you in a case",
		Message: of.Title + "\n\n" + cutText(row.Body), Link: caseLink(of.ID),
	})
	return err
}
