package auth

import (
	"crypto/sha256"
	"sync"
	"time"
)

// maxVerified is how many tokens are remembered; past it all are forgotten, and each is verified once more.
const maxVerified = 4096

// verified remembers what genuine tokens say, by their SHA-256, so that a client's next request need not have the same
// signature checked and the same JSON read. What changes with time is asked each time anew.
type verified struct {
	mu     sync.Mutex
	claims map[[sha256.Size]byte]genuine
}

type genuine struct {
	claims Claims
	aud    Audience
}

// find gives the claims of a token that was verified before, if they hold at this door and at this moment.
func (v *verified) find(digest [sha256.Size]byte, aud Audience, now time.Time) (Claims, bool) {
	v.mu.Lock()
	g, ok := v.claims[digest]
	v.mu.Unlock()
	c := g.claims
	return c, ok && g.aud == aud && now.Before(c.ExpiresAt.Add(leeway)) && !now.Before(c.IssuedAt.Add(-leeway))
}

func (v *verified) keep(digest [sha256.Size]byte, aud Audience, c Claims) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.claims == nil || len(v.claims) >= maxVerified {
		v.claims = map[[sha256.Size]byte]genuine{}
	}
	v.claims[digest] = genuine{c, aud}
}
