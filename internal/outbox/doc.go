// Package outbox carries out what rows say: it matches events with playbooks, starts runs and hands wishes to them. Many
// dispatchers may work on one database; a row is leased by one at a time, and what must happen once is made so by the
// rows themselves (one run per playbook and event) and by the workflow's ID. It refuses to lose anything: a row stays
// until its work is done or can never be done.
package outbox
