// Package platform brings the whole product up in one process tree: private PostgreSQL, Temporal, its Web UI, then the
// application, and takes it down in the opposite order. It owns the data folder, the secrets kept in it, the order of
// starting and stopping, and what is told to the person at the terminal. It refuses to know how the application is
// built: that is handed in.
package platform
