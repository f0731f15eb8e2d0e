package store

import (
	"database/sql"
	"strconv"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// mustAffect turns an update or delete that met no row into NotFound.
func mustAffect(res sql.Result) error {
	n, err := res.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "not found")
	}
	return nil
}

// lower folds a text as PostgreSQL's lower() does under our locale, for cursors over lower(column).
func lower(s string) string { return strings.ToLower(s) }

func decimal(id int64) string { return strconv.FormatInt(id, 10) }
