// Package notify tells people and processes that something changed. Bus carries what a commit left to do between
// processes over PostgreSQL's NOTIFY, at most once per interval (a NOTIFY takes a lock of the whole database at commit, so
// there is never one a row). Hub brings notifications, numbered per user without gaps, and live progress to the
// connections of one process. Losing a NOTIFY loses nothing: rows are the truth, a sweep finds what was missed.
//
// Mailer hands mails to the operator's SMTP server, Letters writes the ones about accounts: templates/, a text and an HTML
// form each, links from PUBLIC_URL with their token in the fragment.
//
// It owns no sockets of clients (api does) and writes no rows.
package notify
