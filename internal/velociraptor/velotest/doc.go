// Package velotest is a simulated Velociraptor server: gRPC with mutual TLS from an authority of its own, a fleet of
// endpoints that are collected from, hunted on, go offline and fail. It serves tests, the demo and load runs. It is not a VQL
// interpreter: it knows the statements of internal/velociraptor by their names, and answers as the real server was seen to,
// traps included: null and a log line instead of an error, nothing instead of an unknown source, seconds beside
// microseconds, the query echoed in every answer, labels dropped where a system is named. Its version says "simulated".
//
// Public API:
//
//	func Start(p Params) (*Server, error)      // listens on loopback
//	func (s *Server) APIClient(name string) []byte // an api_client file for a user; the user exists from then on
//	func (s *Server) Trouble(t Trouble)        // what goes wrong from now on
//	func (s *Server) Close()
package velotest
