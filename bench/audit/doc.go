// Package audit measures what the audit trail costs those who write: fifty writers at once that keep a row and its line in
// one transaction, with the sealer at work behind them, against the same writers without a line. It refuses to judge:
// targets are compared where the table is printed.
package audit
