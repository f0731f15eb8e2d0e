package velotest

import (
	"fmt"
	"hash/fnv"
	"strings"
	"time"
)

// endpoint is one machine. It holds little: all that is told of it follows from its number, so that a fleet of 100,000 is
// cheap. What changes about it stands in its org.
type endpoint struct {
	id     uint64
	n      int32         // its number in the org, from 0
	lag    time.Duration // until it hears of a hunt
	enrols time.Time     // zero: long before
}

// The fleet's mix: one endpoint in so many.
const (
	offlineEvery  = 20
	failingEvery  = 33
	attackedEvery = 25
	linuxEvery    = 4
	macEvery      = 10
	serverEvery   = 7
	maxBorn       = 300 // days since the first of them enrolled
)

func newEndpoint(seed uint64, org string, n int32, pace time.Duration) *endpoint {
	id := dice(seed, org, n, "id")
	return &endpoint{id: id, n: n, lag: time.Duration(dice(seed, org, n, "lag") % uint64(pace+1))}
}

// dice is the same number for the same question.
func dice(seed uint64, org string, n int32, of string) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, seed, org, n, of)
	return scatter(h.Sum64())
}

// scatter spreads a number over 64 bits.
func scatter(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (e *endpoint) every(n, rest int32) bool { return e.n%n == rest }

func (e *endpoint) switchedOff() bool { return e.every(offlineEvery, offlineEvery-1) }

// failing endpoints end what hunts ask with an error; every second of them also what they are asked alone.
func (e *endpoint) failing() bool { return e.every(failingEvery, failingEvery-1) }

func (e *endpoint) stubborn() bool { return e.every(2*failingEvery, 2*failingEvery-1) }

// attacked endpoints bring rows that a hunt should find.
func (e *endpoint) attacked() bool { return e.every(attackedEvery, 3) }

func (e *endpoint) system() string {
	switch {
	case e.every(linuxEvery, 1):
		return "linux"
	case e.every(macEvery, 2):
		return "darwin"
	default:
		return "windows"
	}
}

func (e *endpoint) release() string {
	switch e.system() {
	case "linux":
		return "debian12.11"
	case "darwin":
		return "darwin15.6.1"
	}
	if e.every(serverEvery, 0) {
		return "Microsoft Windows Server 2022 Standard 10.0.20348 Build 20348"
	}
	return "Microsoft Windows 11 Enterprise 10.0.22631 Build 22631"
}

func (e *endpoint) host() string {
	switch e.system() {
	case "linux":
		return fmt.Sprintf("srv-%05d", e.n)
	case "darwin":
		return fmt.Sprintf("mac-%05d", e.n)
	}
	return fmt.Sprintf("WS-%05d", e.n)
}

func (e *endpoint) fqdn() string { return strings.ToLower(e.host()) + ".corp.example" }

func (e *endpoint) ip() string { return fmt.Sprintf("10.%d.%d.%d", 20+e.n>>16, e.n>>8&255, e.n&255) }

func (e *endpoint) mac() string {
	return fmt.Sprintf("02:00:%02x:%02x:%02x:%02x", e.n>>24&255, e.n>>16&255, e.n>>8&255, e.n&255)
}

// user works at the endpoint.
func (e *endpoint) user() string {
	names := [...]string{"a.meyer", "b.okafor", "c.nguyen", "d.rossi", "e.silva", "f.kowalski", "g.haddad", "h.lindqvist"}
	return names[int(e.n)%len(names)]
}
