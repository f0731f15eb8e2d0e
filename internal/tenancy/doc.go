// Package tenancy provisions: the default tenant with the installation's first user, further tenants with their first
// administrator. It owns who may make one and how many; it refuses sign-in (the API's), quotas and everything that
// happens inside a tenant once it is there.
package tenancy
