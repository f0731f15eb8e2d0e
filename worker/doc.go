// Package worker serves the tenants' task queues: one Temporal worker per tenant, which appears with the tenant and stops
// with its suspension, all under one set of slots. Its interceptors are the guard that no task crosses a tenant's border,
// and the one place where faults become Temporal's errors. It refuses to know what a run or an action does.
package worker
