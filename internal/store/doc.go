// Package store runs the product's SQL, all of it. A row is reached only through a handle: Store.Tenant(id), whose
// statements run as the application role inside a transaction that names the tenant, so that row-level security holds
// whatever the code forgets; or Store.System(), a second role with narrow grants of its own for the few things that cross
// tenants (login look-up, the dispatcher, provisioning).
//
// Public methods open the transaction or join the one of Tenant.InTx; driver errors are translated once, in errors.go.
// The room knows no HTTP, no Temporal and no rules of the business beyond what a row must keep.
package store
