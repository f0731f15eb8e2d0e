package api_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/bcrypt"

	"github.com/velocicompanion/velocicompanion/api"
	"github.com/velocicompanion/velocicompanion/internal/auth"
)

// guess tries a name with a wrong password.
func (b *bench) guess(username string, header ...string) *answer {
	b.t.Helper()
	return b.anonymous().post("/api/auth/login", map[string]any{"username": username, "password": "not the password"}, header...)
}

// retryAfter is the wait in seconds that an answer asks for; zero: none.
func (a *answer) retryAfter() int {
	a.t.Helper()
	text := a.header.Get("Retry-After")
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	require.NoError(a.t, err)
	return n
}

func TestGuessesSlowDownInEveryInstanceAndEndInALockOutThatTheOwnerHearsOf(t *testing.T) {
	t.Parallel()
	box, byMail := startMailbox(t)
	b := setup(t, byMail)
	c := b.somebody("A", "ada", auth.RoleUser)
	b.reader(c, "ada@example.org")
	both := []*bench{b, b.another()}
	var waits []int
	for n := range 10 {
		here, there := both[n%2], both[(n+1)%2]
		here.guess("ada").refused(http.StatusUnauthorized, "invalid_credentials")
		wait := 0
		if n >= 4 {
			wait = there.guess("Ada").refused(http.StatusTooManyRequests, "too_many_attempts").retryAfter()
		}
		waits = append(waits, wait)
		b.clock.Advance(time.Duration(wait) * time.Second)
	}
	require.Equal(t, []int{0, 0, 0, 0, 1, 2, 4, 8, 16, 900}, waits)

	mail := box.next() // of the fifteen minutes that have just gone by
	require.Equal(t, "ada@example.org", mail.to)
	require.Contains(t, mail.text, "Hello ada,")
	require.Contains(t, mail.text, "192.0.2.1")
	require.Contains(t, c.get("/api/notifications").text, `"type":"security.locked_out"`)
	owner := ownerConn(t, b)
	require.Equal(t, []string{"auth.lock_out denied ada login"}, names(t, owner, "SELECT action || ' ' || outcome || ' ' || username || ' ' || (after->>'action') FROM audit_logs WHERE action = 'auth.lock_out'"))

	b.guess("ada").refused(http.StatusUnauthorized, "invalid_credentials")
	b.signIn("ada", "").refused(http.StatusTooManyRequests, "too_many_attempts")
	b.clock.Advance(16 * time.Minute)
	require.NotEmpty(t, b.login("ada", password).token, "the owner gets in again")
	b.guess("ada").refused(http.StatusUnauthorized, "invalid_credentials")
	require.NotEmpty(t, b.login("ada", password).token, "and all is forgotten")
	box.empty()
}

func TestTheBrakeTellsNobodyWhichAccountsExist(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := b.somebody("A", "ada", auth.RoleUser)
	b.colleague(c.user.TenantID, "gone", auth.RoleUser)
	_, err := ownerConn(t, b).Exec(t.Context(), "UPDATE users SET is_active = false WHERE username = 'gone'")
	require.NoError(t, err)
	var seen []string
	for _, name := range []string{"ada", "gone", "nobody"} {
		var told strings.Builder
		for range 12 {
			a := b.guess(name)
			p := a.problem()
			told.WriteString(strings.Join([]string{strconv.Itoa(a.status), p.Code, p.Detail, a.header.Get("Retry-After")}, " ") + "\n")
			b.clock.Advance(time.Duration(a.retryAfter()) * time.Second)
		}
		seen = append(seen, told.String())
	}
	require.Equal(t, seen[0], seen[1])
	require.Equal(t, seen[0], seen[2])
	require.Contains(t, seen[0], "429 too_many_attempts")
}

func TestAnAddressIsSlowedDownWhateverItSaysItIs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for n := range 101 {
		forged := "203.0.113." + strconv.Itoa(n)
		b.guess("nobody-"+strconv.Itoa(n), "X-Forwarded-For", forged, "X-Real-IP", forged, "Forwarded", "for="+forged).
			refused(http.StatusUnauthorized, "invalid_credentials")
	}
	b.guess("somebody-else", "X-Forwarded-For", "198.51.100.9").refused(http.StatusTooManyRequests, "too_many_attempts")
	b.newcomer(t, "ada")
	b.signIn("ada", "").refused(http.StatusTooManyRequests, "too_many_attempts")
}

func TestBehindATrustedProxyEachClientIsItself(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *api.Params) { p.Config.TrustedProxies = []string{"192.0.2.0/24"} })
	for n := range 102 {
		b.guess("nobody-"+strconv.Itoa(n), "X-Forwarded-For", "10.9.9.9, 203.0.113."+strconv.Itoa(n)).refused(http.StatusUnauthorized, "invalid_credentials")
	}
	for n := range 101 {
		b.guess("nobody-6-"+strconv.Itoa(n), "X-Forwarded-For", "2001:db8:0:1::"+strconv.Itoa(n)).refused(http.StatusUnauthorized, "invalid_credentials")
	}
	b.guess("x", "X-Forwarded-For", "2001:db8:0:1::beef").refused(http.StatusTooManyRequests, "too_many_attempts")
	b.guess("x", "X-Forwarded-For", "2001:db8:0:2::1").refused(http.StatusUnauthorized, "invalid_credentials")
}

// newcomer makes a user with the test's password and no session.
func (b *bench) newcomer(t *testing.T, username string) {
	t.Helper()
	hash, err := b.hasher.Hash(t.Context(), password)
	require.NoError(t, err)
	_, err = ownerConn(t, b).Exec(t.Context(), `WITH t AS (INSERT INTO tenants (name) VALUES ('of ' || $1) RETURNING id)
INSERT INTO users (tenant_id, username, role, password_hash) SELECT id, $1, 'user', $2 FROM t`, username, hash)
	require.NoError(t, err)
}

func TestNamesThatNobodyHasAreRefusedWithoutHarm(t *testing.T) {
	t.Parallel()
	box, byMail := startMailbox(t)
	b := setup(t, byMail)
	b.somebody("A", "ada", auth.RoleUser)
	for _, name := range []string{
		"ada\r\nBcc: eve@example.org", "ada ", "ａｄａ", "аda", "ada\u200b", "' OR 1=1 --", strings.Repeat("💥", 100), "%", "\\", "ada%00", "\u0130", "\uffff",
	} {
		a := b.guess(name).refused(http.StatusUnauthorized, "invalid_credentials")
		require.NotContains(t, a.text, "Bcc")
		require.Empty(t, a.header.Get("Bcc"))
	}
	b.guess(strings.Repeat("a", 101)).refused(http.StatusUnprocessableEntity, "invalid")
	b.guess("").refused(http.StatusUnprocessableEntity, "invalid")
	a := b.anonymous().post("/api/auth/login", `{"username":"ada\u0000","password":"not the password"}`)
	require.Equal(t, http.StatusBadRequest, a.status, a.text)
	require.NotEmpty(t, b.login("ada", password).token, "none of them was ada")
	box.empty()
}

func TestCodesAreUnderABrakeOfTheirOwn(t *testing.T) {
	t.Parallel()
	box, byMail := startMailbox(t)
	b := setup(t, byMail)
	c := b.somebody("A", "ada", auth.RoleUser)
	b.reader(c, "ada@example.org")
	p := c.enrol()
	b.clock.Advance(time.Minute)
	locked := 0
	for failures := 0; locked < 900; {
		a := b.signIn("ada", "000000")
		if a.status == http.StatusUnauthorized {
			a.refused(http.StatusUnauthorized, "totp_invalid")
			failures++
			require.LessOrEqual(t, failures, 8)
			continue
		}
		a.refused(http.StatusTooManyRequests, "too_many_attempts")
		if locked = a.retryAfter(); locked < 900 {
			b.clock.Advance(time.Duration(locked) * time.Second)
		}
	}
	require.Contains(t, box.next().text, "Hello ada,")
	b.signIn("ada", p.code(0)).refused(http.StatusTooManyRequests, "too_many_attempts")
	b.signIn("ada", p.paper[0]).refused(http.StatusTooManyRequests, "too_many_attempts")
	b.signIn("ada", "").refused(http.StatusUnauthorized, "totp_required")
	require.Equal(t, []string{"locked"}, names(t, ownerConn(t, b), "SELECT CASE WHEN locked_until IS NULL THEN 'open' ELSE 'locked' END FROM users WHERE username = 'ada'"),
		"a right password alone does not end it")
	b.clock.Advance(16 * time.Minute)
	require.Equal(t, http.StatusOK, b.signIn("ada", p.code(0)).status)
}

func TestRegistrationIsUnderTheBrake(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *api.Params) { p.Config.Registration = "open" })
	for n := range 11 {
		a := b.anonymous().post("/api/auth/register", map[string]any{"username": "somebody-" + strconv.Itoa(n), "password": password})
		require.Equal(t, http.StatusCreated, a.status, a.text)
	}
	a := b.anonymous().post("/api/auth/register", map[string]any{"username": "one-more", "password": password})
	a.refused(http.StatusTooManyRequests, "too_many_attempts")
	require.Positive(t, a.retryAfter())
	b.clock.Advance(time.Duration(a.retryAfter()) * time.Second)
	require.Equal(t, http.StatusCreated, b.anonymous().post("/api/auth/register", map[string]any{"username": "one-more", "password": password}).status)
}

func TestGuessesAtTheSetupTokenAreUnderTheBrake(t *testing.T) {
	t.Parallel()
	b := setup(t, func(p *api.Params) { p.Config.HTTPAddr, p.Config.SetupToken = "0.0.0.0:8080", "printed-at-start" })
	first := func(token string) *answer {
		return b.anonymous().post("/api/auth/register", map[string]any{"username": "root", "password": password, "setup_token": token})
	}
	for n := range 11 {
		first("guess-"+strconv.Itoa(n)).refused(http.StatusForbidden, "setup_token_required")
	}
	first("printed-at-start").refused(http.StatusTooManyRequests, "too_many_attempts")
	b.clock.Advance(time.Minute)
	require.Equal(t, http.StatusCreated, first("printed-at-start").status)
}

// TestASignInTakesAsLongForAStranger compares medians: without the work for a password that isn't there, a stranger's answer
// would come in a tenth of the time.
func TestASignInTakesAsLongForAStranger(t *testing.T) {
	t.Parallel()
	hasher, err := auth.NewHasher(auth.HasherParams{Cost: bcrypt.MinCost + 5})
	require.NoError(t, err)
	b := setup(t, func(p *api.Params) { p.Hasher = hasher })
	b.hasher = hasher
	b.somebody("A", "ada", auth.RoleUser)
	median := map[string]time.Duration{}
	for _, name := range []string{"ada", "nobody"} {
		var took []time.Duration
		for range 11 {
			start := time.Now()
			b.guess(name).refused(http.StatusUnauthorized, "invalid_credentials")
			took = append(took, time.Since(start))
			b.clock.Advance(2 * time.Hour) // past what the brake remembers
		}
		slices.Sort(took)
		median[name] = took[5]
	}
	t.Logf("a known name: %s, a stranger: %s", median["ada"], median["nobody"])
	require.Less(t, median["ada"], 3*median["nobody"])
	require.Less(t, median["nobody"], 3*median["ada"])
}

// TestAFloodOfSignInsDoesNotStarveTheRest sends sign-ins from many addresses, each of which costs a tenth of a second of CPU
// or so, while somebody works.
func TestAFloodOfSignInsDoesNotStarveTheRest(t *testing.T) {
	t.Parallel()
	slow, err := auth.NewHasher(auth.HasherParams{Cost: bcrypt.MinCost + 7, Parallel: 1, Queue: 10, Wait: time.Minute})
	require.NoError(t, err)
	b := setup(t, func(p *api.Params) { p.Config.TrustedProxies = []string{"192.0.2.0/24"} })
	c := b.somebody("A", "ada", auth.RoleUser)
	flooded := b.another(func(p *api.Params) { p.Hasher = slow })
	c.b = flooded

	over := make(chan struct{})
	running := func() bool {
		select {
		case <-over:
			return false
		default:
			return true
		}
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	answers := map[int]int{}
	for n := range 40 {
		wg.Go(func() {
			for try := 0; running(); try++ {
				a := flooded.guess("nobody-"+strconv.Itoa(n)+"-"+strconv.Itoa(try), "X-Forwarded-For", "203.0.113."+strconv.Itoa(n))
				mu.Lock()
				answers[a.status]++
				mu.Unlock()
				if a.status == http.StatusServiceUnavailable {
					assert.Equal(t, "5", a.header.Get("Retry-After"), a.text)
					select { // as it was asked to, if not for so long
					case <-over:
					case <-time.After(200 * time.Millisecond):
					}
				}
			}
		})
	}
	var took []time.Duration
	for range 100 {
		start := time.Now()
		require.Equal(t, http.StatusOK, c.get("/api/hosts").status)
		took = append(took, time.Since(start))
	}
	close(over)
	wg.Wait()
	slices.Sort(took)
	t.Logf("of 100 requests beside the flood: median %s, 95 %% %s, slowest %s; the flood was answered %v", took[50], took[95], took[99], answers)
	require.Positive(t, answers[http.StatusServiceUnavailable], "who would wait too long is told at once")
	require.Less(t, took[95], 2*time.Second)
	require.Equal(t, []string{"0"}, names(t, ownerConn(t, b), "SELECT count(*)::text FROM auth_attempts WHERE scope = 'address' AND failures > 100"))
}

// A guess that nobody compared, because the process was too busy, does not count.
func TestAnAttemptThatWasNotMadeDoesNotCount(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.somebody("A", "ada", auth.RoleUser)
	busy, err := auth.NewHasher(auth.HasherParams{Cost: 12, Parallel: 1, Queue: 1, Wait: time.Nanosecond})
	require.NoError(t, err)
	flooded := b.another(func(p *api.Params) { p.Hasher = busy })
	over := make(chan struct{})
	var others sync.WaitGroup
	others.Go(func() {
		for {
			select {
			case <-over:
				return
			default:
				_ = busy.VerifyDummy(t.Context(), password)
			}
		}
	})
	turnedAway := 0
	for range 100 {
		if a := flooded.guess("ada"); a.status == http.StatusServiceUnavailable {
			a.refused(http.StatusServiceUnavailable, "sign_in_busy")
			turnedAway++
		}
		if turnedAway == 20 {
			break
		}
	}
	close(over)
	others.Wait()
	require.Equal(t, 20, turnedAway)
	b.clock.Advance(20 * time.Second) // for a guess that came between two others
	require.NotEmpty(t, b.login("ada", password).token, "ten failures would have locked the account")
}
