// Package audit writes the trail: who did what to which row, from where, with what outcome. A line is written in the
// transaction of the change it tells of. The package refuses secrets: callers hand in what a row looked like, never
// passwords, tokens or keys.
package audit
