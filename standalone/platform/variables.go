package platform

import (
	"encoding/base64"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/config"
)

// variables is the environment plus what this process provides.
type variables map[string]string

// given says whether the operator set a variable, directly or through NAME_FILE.
func (v variables) given(name string) bool { return v[name] != "" || v[name+"_FILE"] != "" }

// offer sets a variable that the operator left open.
func (v variables) offer(name, value string) {
	if !v.given(name) {
		v[name] = value
	}
}

// keys provides the secrets of the installation. They are made once: other keys would lock every user out and leave
// sealed secrets shut.
func (v variables) keys(f *folder) error {
	for name, bytes := range map[string]int{"SECRET_KEY": 48, "ENCRYPTION_KEY": 32, "AUDIT_KEY": 32} {
		if v.given(name) {
			continue
		}
		value, err := f.kept(strings.ToLower(name), func() string { return randomKey(bytes) })
		if err != nil {
			return err
		}
		v[name] = value
	}
	return nil
}

// randomKey is n random bytes as padded standard base64, the form of ENCRYPTION_KEY.
func randomKey(n int) string {
	raw, err := base64.RawURLEncoding.DecodeString(clock.Token(n))
	if err != nil {
		panic("a token that is not base64: " + err.Error())
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// runFile names the file in DATA_DIR that tells other programs how to reach this installation.
const runFile = "run.env"

// tell writes what another process needs to join this installation, in a form a shell reads.
func (v variables) tell(f *folder) error {
	told := map[string]string{"PID": strconv.Itoa(os.Getpid())}
	for _, name := range []string{
		"DATABASE_URL", "TEMPORAL_ADDRESS", "TEMPORAL_UI_URL", "SECRET_KEY", "ENCRYPTION_KEY", "AUDIT_KEY", "BLOB_URL",
	} {
		if v[name] != "" {
			told[name] = v[name]
		}
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(told)) {
		lines = append(lines, name+"='"+strings.ReplaceAll(told[name], "'", `'\''`)+"'")
	}
	return f.keep(runFile, strings.Join(lines, "\n"))
}

// config reads the settings as they stand now.
func (v variables) config() (*config.Config, error) { return config.FromMap(maps.Clone(v)) }
