package store

import (
	"strings"

	"github.com/uptrace/bun"

	"github.com/velocicompanion/velocicompanion/internal/rawjson"
)

// fieldCondition looks for a value at a dotted path, whether the keys are nested or one key has dots in it.
func fieldCondition(field, value string) func(*bun.SelectQuery) *bun.SelectQuery {
	cond := ""
	args := []any{jsonPath(strings.Split(field, ".")), jsonPath([]string{field})}
	switch {
	case strings.Contains(value, "*"):
		cond = " WHERE lower(v #>> '{}') LIKE lower(?)"
		args = append(args, likePattern(value))
	case value != "":
		cond = " WHERE lower(v #>> '{}') = lower(?)"
		args = append(args, value)
	}
	return func(sel *bun.SelectQuery) *bun.SelectQuery {
		return sel.Where(`EXISTS (SELECT 1 FROM (SELECT jsonb_path_query(o.data, ?::jsonpath, '{}', true) AS v
UNION ALL SELECT jsonb_path_query(o.data, ?::jsonpath, '{}', true)) AS at`+cond+")", args...)
	}
}

// jsonPath is the path of keys in the lax mode of SQL/JSON, which looks into lists.
func jsonPath(keys []string) string {
	var b strings.Builder
	b.WriteString("lax $")
	for _, k := range keys {
		b.WriteByte('.')
		b.Write(jsonLiteral(k))
	}
	b.WriteString("[*]")
	return b.String()
}

// textCondition looks for a text in the row as jsonb writes it.
func textCondition(q string) func(*bun.SelectQuery) *bun.SelectQuery {
	literal := jsonLiteral(q)
	escaped := string(literal[1 : len(literal)-1])
	return func(sel *bun.SelectQuery) *bun.SelectQuery {
		return sel.Where("lower(o.data::text) LIKE lower(?)", containing(escaped))
	}
}

// jsonLiteral is a text as JSON, escaped no more than PostgreSQL does.
func jsonLiteral(s string) []byte {
	return rawjson.AppendText(nil, s, &rawjson.Mended{})
}
