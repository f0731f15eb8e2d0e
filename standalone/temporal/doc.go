// Package temporal runs a whole Temporal server in this process, with its store in one SQLite file that survives a
// kill -9. It owns the server's configuration, the namespace and the search attributes. It refuses to know workflows:
// clients reach it through its frontend like any other Temporal server.
package temporal
