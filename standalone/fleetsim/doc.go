// Package fleetsim runs the simulated Velociraptor server as a program of its own: for whoever develops, demonstrates or
// load-tests without a real server. It owns the flags, the api_client file that it writes, and a control port on loopback by
// which a person or a test makes trouble. It is never part of the production binary.
//
// Public API:
//
//	func Parse(args []string, errw io.Writer) (Params, error)
//	func Run(ctx context.Context, p Params) error
package fleetsim
