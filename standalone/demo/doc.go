// Package demo runs the simulated Velociraptor server behind the demo tenant of `make run`. It keeps the server's state, its
// port and the api_client file in a folder, so that a restart goes on where the last one stopped. The tenant itself is made by
// internal/app.
//
// Public API:
//
//	func Start(p Params) (*Demo, error)
//	func (d *Demo) Close()
package demo
