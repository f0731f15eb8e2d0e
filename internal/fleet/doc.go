// Package fleet is the service above internal/velociraptor: what a tenant's people and playbooks do with the endpoints of
// its Velociraptor server. It owns the connection of each tenant, the way from the server's clients to hosts, collections,
// hunts and their schedules, callbacks, and isolation. What takes long is a row and a job whose slices are the Advance
// functions here; they know no Temporal: a worker calls them again and again, and whatever they have done stands in the
// database before the server is asked for the next.
package fleet
