package store

import (
	"context"
	"database/sql"
	"errors"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// PostgreSQL error codes (its documentation, appendix A).
const (
	codeUnique        = "23505"
	codeForeignKey    = "23503"
	codeCheck         = "23514"
	codeNotNull       = "23502"
	codeBadEncoding   = "22021"
	codeUntranslatble = "22P05" // \u0000 in jsonb
	codeBadJSON       = "22P02"
	codeSerialization = "40001"
	codeDeadlock      = "40P01"
	codeCanceled      = "57014" // statement_timeout, or asked for
	codeNoPrivilege   = "42501" // also a row that row-level security refuses
)

// translate turns a driver's error into a fault, once, at the room's edge. Faults and context errors pass unchanged.
func translate(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, pgx.ErrNoRows) {
		return fault.Wrap(err, fault.NotFound, "not found")
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return translatePG(pg)
	}
	_, isNet := errors.AsType[net.Error](err)
	_, isConnect := errors.AsType[*pgconn.ConnectError](err)
	if isNet || isConnect || errors.Is(err, sql.ErrConnDone) || pgconn.SafeToRetry(err) {
		return fault.Wrap(err, fault.Unavailable, "the database can't be reached").WithCode("database_unavailable")
	}
	return err
}

func translatePG(pg *pgconn.PgError) error {
	switch pg.Code {
	case codeUnique:
		return fault.Wrap(pg, fault.Conflict, "there is one already").WithCode("already_exists")
	case codeForeignKey:
		return fault.Wrap(pg, fault.Invalid, "it names something that does not exist").WithCode("unknown_reference")
	case codeCheck, codeNotNull:
		return fault.Wrap(pg, fault.Invalid, "a value is not allowed here")
	case codeBadEncoding, codeUntranslatble, codeBadJSON:
		return fault.Wrap(pg, fault.Invalid, "a text holds a character that can't be stored")
	case codeNoPrivilege:
		return fault.Wrap(pg, fault.NotFound, "not found")
	case codeSerialization, codeDeadlock:
		return fault.Wrap(pg, fault.Unavailable, "two changes met; try again").WithCode("try_again")
	}
	if len(pg.Code) == 5 && (pg.Code[:2] == "08" || pg.Code[:2] == "57" || pg.Code[:2] == "53") {
		return fault.Wrap(pg, fault.Unavailable, "the database is not available").WithCode("database_unavailable")
	}
	return pg
}

// pgCode is PostgreSQL's code for err, "" for any other error.
func pgCode(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code
	}
	return ""
}

// ConstraintOf names the constraint or index that err broke, "" for any other error.
func ConstraintOf(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.ConstraintName
	}
	return ""
}

// RefusedData says whether PostgreSQL refused what it was given (a value out of range, a document beyond its limits), which
// no other try changes.
func RefusedData(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && len(pg.Code) == 5 && (pg.Code[:2] == "22" || pg.Code[:2] == "54" || pg.Code[:2] == "23")
}
