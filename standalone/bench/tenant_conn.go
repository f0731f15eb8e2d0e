package main

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// tenantConn connects to the database as the application does, in the tenant of the first user: row-level security holds for
// the database's owner, too.
func (p *platform) tenantConn(ctx context.Context) (*pgx.Conn, error) {
	conn, err := pgx.Connect(ctx, p.databaseURL)
	if err != nil {
		return nil, err
	}
	_, err = conn.Exec(ctx, "SELECT set_config('role', (SELECT rolname FROM pg_roles WHERE rolname LIKE 'vc\\_app\\_%' LIMIT 1), false), set_config('app.tenant_id', '1', false)")
	if err != nil {
		_ = conn.Close(ctx)
		return nil, err
	}
	return conn, nil
}
