// Package hosts measures GET /api/hosts among a million hosts of one tenant, with other tenants beside it, against the
// same SQL sent by hand through pgx. It owns its seed and its queries; it refuses to judge: targets are compared where
// the table is printed.
package hosts
