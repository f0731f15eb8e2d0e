// Package app is the composition root: from one configuration it builds api, worker, dispatcher and migrator, and it is
// the only place where parts are wired together. It holds no logic of its own beyond the order of starting and stopping.
package app
