// Package blob owns files: exports, reports, attachments, whatever is too large or too raw for a row. A file belongs to
// one tenant, gets a reference that nobody can guess, never changes, and is there whole or not at all. It refuses to know
// what a file is for: name, type and right to read are the business of the row that refers to it. What no row
// refers to, Sweep removes after a day: a table that names files has its line in (*store.System).FilesKept.
//
// Public API:
//
//	func Open(url string) (Store, error)  // file:///path, or a path; "": a store that refuses with storage_not_configured
//	func Check(url string) error          // what Open would refuse by its form alone
//
//	type Store interface {
//		Put(ctx, tenant, r, limit) (Blob, error) // faults: TooLarge; Unavailable: storage_full, storage_failed
//		Open(ctx, tenant, ref) (io.ReadSeekCloser, error) // faults: NotFound, also for another tenant's
//		Delete(ctx, tenant, ref) error           // nil when it is gone already
//		Sweep(ctx, before, kept) (int64, error)  // removes what no row keeps and what a crash left
//	}
package blob
