package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

const (
	owner    = "velocicompanion" // owns the database; not a superuser, so row-level security binds it
	database = "velocicompanion"
	tailSize = 2000 // bytes of log shown in an error
)

// provision waits until the server answers, then makes the owner, the database and its extension where missing.
func (s *Server) provision(ctx context.Context, superuserPassword string) error {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	conn, err := s.connect(ctx, superuserPassword, superuser)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if err := s.ensureOwner(ctx, conn); err != nil {
		return err
	}
	if err := ensureDatabase(ctx, conn); err != nil {
		return err
	}
	inside, err := s.connect(ctx, superuserPassword, database)
	if err != nil {
		return err
	}
	defer func() { _ = inside.Close(context.WithoutCancel(ctx)) }()
	if _, err := inside.Exec(ctx, "CREATE EXTENSION IF NOT EXISTS pg_trgm"); err != nil {
		return fmt.Errorf("create the extension pg_trgm (it comes with PostgreSQL's contrib package: "+
			"apt install postgresql-contrib, dnf install postgresql-contrib): %w", err)
	}
	return nil
}

// connect tries until the server accepts connections, ends, or ctx does.
func (s *Server) connect(ctx context.Context, password, db string) (*pgx.Conn, error) {
	for {
		conn, err := pgx.Connect(ctx, s.url(superuser, password, db))
		if err == nil {
			return conn, nil
		}
		if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgErr.Code == "28P01" {
			return nil, fmt.Errorf("the kept password of PostgreSQL's superuser is not the cluster's: %w", err)
		}
		select {
		case <-s.done:
			return nil, fmt.Errorf("PostgreSQL did not start: %w", s.Err())
		default:
		}
		if clock.Sleep(ctx, pollEvery) != nil {
			return nil, fmt.Errorf("PostgreSQL does not answer: %w\n%s", err, tail(s.logPath))
		}
	}
}

// ensureOwner gives the owner the kept password each time, so that a lost file heals itself. From version 16 on a role
// that makes roles is not their member by itself; migrations need to act as the roles they make.
func (s *Server) ensureOwner(ctx context.Context, conn *pgx.Conn) error {
	var known bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", owner).Scan(&known); err != nil {
		return fmt.Errorf("look for the database's owner: %w", err)
	}
	verb := "CREATE"
	if known {
		verb = "ALTER"
	}
	var statement string
	err := conn.QueryRow(ctx, "SELECT format('%s ROLE %I LOGIN CREATEROLE PASSWORD %L', $1::text, $2::text, $3::text)",
		verb, owner, s.ownerPassword).Scan(&statement)
	if err != nil {
		return fmt.Errorf("word the database's owner: %w", err)
	}
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("make the database's owner: %w", err)
	}
	var version int
	if err := conn.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return fmt.Errorf("read the server's version: %w", err)
	}
	if version >= 160000 {
		if _, err := conn.Exec(ctx, "ALTER ROLE "+owner+" SET createrole_self_grant = 'set, inherit'"); err != nil {
			return fmt.Errorf("let the owner act as the roles it makes: %w", err)
		}
	}
	return nil
}

func ensureDatabase(ctx context.Context, conn *pgx.Conn) error {
	var known bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", database).Scan(&known); err != nil {
		return fmt.Errorf("look for the database: %w", err)
	}
	if known {
		return nil
	}
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+database+" OWNER "+owner); err != nil {
		return fmt.Errorf("create the database: %w", err)
	}
	return nil
}

// tail is the end of a log, for an error that must explain itself.
func tail(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	if len(b) > tailSize {
		b = b[len(b)-tailSize:]
	}
	return strings.TrimSpace(string(b))
}
