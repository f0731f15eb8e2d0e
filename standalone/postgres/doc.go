// Package postgres runs a private PostgreSQL server for the standalone product: it finds the programs, makes the
// cluster, starts the server as an unprivileged user on loopback, keeps one server per data folder, and stops it in
// good order. It refuses to know anything of the application's schema: that is the migrations' business.
package postgres
