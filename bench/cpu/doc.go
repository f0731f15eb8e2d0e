// Package cpu tells how much processor time this process and its PostgreSQL server spent: what a piece of work costs, also on
// a machine that others use meanwhile, where the clock on the wall tells little.
package cpu
