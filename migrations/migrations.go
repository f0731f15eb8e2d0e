// Package migrations holds the schema's history: frozen SQL pairs named YYYYMMDDhhmmss_name.tx.{up,down}.sql, embedded in
// the binary. It imports nothing of ours, because a migration must not change when a model does. The files are templates
// over the role names of one database: {{.App}}, {{.System}}, {{.Lookup}}, {{.Keeper}}.
package migrations

import "embed"

// Files are the SQL pairs.
//
//go:embed *.sql
var Files embed.FS
