// Package velotest is a simulated Velociraptor server: gRPC with mutual TLS from an authority of its own, and a fleet of
// endpoints that are collected from, hunted on, go offline, fail, are cut off and released. It serves tests, the demo and load
// runs. It is not a VQL interpreter: it knows the statements of internal/velociraptor by their names, and answers as the real
// server was seen to, traps included: null and a log line instead of an error, nothing instead of an unknown source, seconds
// beside microseconds, the query echoed in every answer, labels dropped where a system is named. Its version says "simulated".
//
// An endpoint is some bytes: what is told of it follows from its number, and rows are made when they are read, so that 100,000
// endpoints fit into a test. What was done is a list of changes (change.go): with Params.State each is a line of a journal
// before it is answered, and a server that was killed goes on where it stood, at the same address under the same authority.
// Our callback artifact, once installed, has the server post signed callbacks itself.
//
// Public API:
//
//	func Start(p Params) (*Server, error)                 // listens on loopback
//	func (s *Server) APIClient(name string) ([]byte, error) // an api_client file for a user; the user exists from then on
//	func (s *Server) Refuse(name string, permissions ...string)
//	func (s *Server) Trouble(t Trouble)                   // what goes wrong from now on
//	func (s *Server) Stop(); Resume() error               // an outage
//	func (s *Server) Enrol, Delete, Switch, Isolated      // the fleet
//	func (s *Server) Statements() []string; Calls() []string; Callbacks() int
//	func (s *Server) Brought(orgID, clientID, flowID, artifact string) ([]json.RawMessage, error)
//	func (s *Server) Close()
package velotest
