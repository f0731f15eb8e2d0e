package platform

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/clock"
)

const (
	firstAdminFile = "first_admin"
	firstAdminDone = "made"
	passwordBytes  = 15
)

// firstAdmin is the user that a new installation starts with. The generated password stays in DATA_DIR until it was
// shown once, so that a start that is interrupted in between doesn't lose it; after that only its hash remains.
type firstAdmin struct {
	folder    *folder
	username  string
	password  string
	generated bool
}

// inviteFirstAdmin sets the variables from which the application makes the first user. It is nil when that was done
// before, or when the database isn't ours and the operator didn't name a user.
func (v variables) inviteFirstAdmin(f *folder, ownDatabase bool) (*firstAdmin, error) {
	if !ownDatabase && !v.given("FIRST_ADMIN_USERNAME") {
		return nil, nil // nobody to make
	}
	a := &firstAdmin{folder: f, generated: !v.given("FIRST_ADMIN_PASSWORD")}
	v.offer("FIRST_ADMIN_USERNAME", "admin")
	state, err := f.kept(firstAdminFile, func() string { return clock.Token(passwordBytes) })
	if err != nil {
		return nil, err
	}
	if state == firstAdminDone {
		return nil, nil // made before
	}
	if a.generated {
		v["FIRST_ADMIN_PASSWORD"] = state
	}
	a.username, a.password = cmp.Or(v["FIRST_ADMIN_USERNAME"], "the one in FIRST_ADMIN_USERNAME_FILE"), state
	return a, nil
}

// show prints the user once the application has made it, and forgets the password.
func (a *firstAdmin) show(out io.Writer) error {
	if a == nil {
		return nil
	}
	lines := []string{"", "  First user      " + a.username}
	if a.generated {
		lines = append(lines, "  Password        "+a.password+"   (shown this once; change it after signing in)")
	}
	if _, err := fmt.Fprintln(out, strings.Join(lines, "\n")); err != nil {
		return fmt.Errorf("show the first user: %w", err)
	}
	return a.folder.keep(firstAdminFile, firstAdminDone)
}
