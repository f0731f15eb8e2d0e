package auth_test

import (
	"bytes"
	"encoding/base32"
	"image"
	"image/png"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/auth"
)

// rfcSecret is the one of RFC 6238, appendix B.
func rfcSecret() string { return base32.StdEncoding.EncodeToString([]byte("12345678901234567890")) }

func TestCodesOfRFC6238(t *testing.T) {
	t.Parallel()
	for unix, code := range map[int64]string{ // the last six of the RFC's eight digits
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		step, ok := auth.VerifyTOTP(rfcSecret(), code, time.Unix(unix, 0), 0)
		require.True(t, ok, code)
		require.Equal(t, unix/30, step)
	}
}

func TestOneStepOfSkewEitherWayAndNoMore(t *testing.T) {
	t.Parallel()
	made := noon().Truncate(30 * time.Second)
	code, err := totp.GenerateCode(rfcSecret(), made)
	require.NoError(t, err)
	for offset, want := range map[time.Duration]bool{
		-31 * time.Second: false, -30 * time.Second: true, -time.Second: true, 0: true, 29 * time.Second: true, 59 * time.Second: true,
		60 * time.Second: false, time.Hour: false,
	} {
		step, ok := auth.VerifyTOTP(rfcSecret(), code, made.Add(offset), 0)
		require.Equal(t, want, ok, offset)
		if ok {
			require.Equal(t, made.Unix()/30, step, "the step is the code's, not the clock's")
		}
	}
}

func TestAStepIsNotAcceptedTwice(t *testing.T) {
	t.Parallel()
	code, err := totp.GenerateCode(rfcSecret(), noon())
	require.NoError(t, err)
	step, ok := auth.VerifyTOTP(rfcSecret(), code, noon(), 0)
	require.True(t, ok)
	_, ok = auth.VerifyTOTP(rfcSecret(), code, noon(), step)
	require.False(t, ok)
	before, err := totp.GenerateCode(rfcSecret(), noon().Add(-30*time.Second))
	require.NoError(t, err)
	_, ok = auth.VerifyTOTP(rfcSecret(), before, noon(), step)
	require.False(t, ok, "an older step after a newer one")
	after, err := totp.GenerateCode(rfcSecret(), noon().Add(30*time.Second))
	require.NoError(t, err)
	next, ok := auth.VerifyTOTP(rfcSecret(), after, noon(), step)
	require.True(t, ok)
	require.Equal(t, step+1, next)
}

func TestMalformedCodesAndSecrets(t *testing.T) {
	t.Parallel()
	code, err := totp.GenerateCode(rfcSecret(), noon())
	require.NoError(t, err)
	_, ok := auth.VerifyTOTP(rfcSecret(), " "+code[:3]+" "+code[3:]+"\n", noon(), 0)
	require.True(t, ok, "as authenticators show it")
	for _, bad := range []string{"", "000", code[:5], code + "0", "０１２３４５", "abcdef", strings.Repeat("1", 1<<16)} {
		_, ok := auth.VerifyTOTP(rfcSecret(), bad, noon(), 0)
		require.False(t, ok)
	}
	for _, secret := range []string{"not base32!", "1"} {
		_, ok := auth.VerifyTOTP(secret, code, noon(), 0)
		require.False(t, ok)
	}
	_, ok = auth.VerifyTOTP(rfcSecret(), code, time.Unix(-100, 0), 0)
	require.False(t, ok, "a clock before the epoch")
}

func TestEnrolment(t *testing.T) {
	t.Parallel()
	a, err := auth.NewTOTP("Velo: Companion", "zoë:root@example.org")
	require.NoError(t, err)
	b, err := auth.NewTOTP("", "")
	require.NoError(t, err)
	require.NotEqual(t, a.Secret, b.Secret)
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(a.Secret)
	require.NoError(t, err)
	require.Len(t, raw, 20)

	u, err := url.Parse(a.URI)
	require.NoError(t, err)
	require.Equal(t, "otpauth", u.Scheme)
	require.Equal(t, "totp", u.Host)
	require.Equal(t, "/Velo  Companion:zoë root@example.org", u.Path, "one colon: the one between issuer and account")
	require.Equal(t, a.Secret, u.Query().Get("secret"))
	require.Equal(t, "Velo  Companion", u.Query().Get("issuer"))

	code, err := totp.GenerateCode(a.Secret, noon())
	require.NoError(t, err)
	_, ok := auth.VerifyTOTP(a.Secret, code, noon(), 0)
	require.True(t, ok)
}

func TestTheQRCodeHasAQuietMarginAndTwoColours(t *testing.T) {
	t.Parallel()
	a, err := auth.NewTOTP("VelociCompanion", strings.Repeat("long", 25))
	require.NoError(t, err)
	img, err := png.Decode(bytes.NewReader(a.QRCode))
	require.NoError(t, err)
	gray, ok := img.(*image.Gray)
	require.True(t, ok)
	side := gray.Bounds().Dx()
	require.Equal(t, side, gray.Bounds().Dy())
	black := 0
	for y := range side {
		for x := range side {
			v := gray.GrayAt(x, y).Y
			require.True(t, v == 0 || v == 255)
			if v == 0 {
				black++
				require.True(t, x >= 20 && y >= 20 && x < side-20 && y < side-20, "the margin is white")
			}
		}
	}
	require.Greater(t, black, side*side/10)
}

// tool finds a program that stands for a person's phone. CI has them all; elsewhere the test is skipped.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("CI") == "" {
		t.Skipf("%s is not installed", name)
	}
	require.NoError(t, err)
	return path
}

func TestARealAuthenticatorIsAccepted(t *testing.T) {
	t.Parallel()
	oathtool := tool(t, "oathtool")
	a, err := auth.NewTOTP("VelociCompanion", "ada")
	require.NoError(t, err)
	out, err := exec.CommandContext(t.Context(), oathtool, "--totp", "-b", "-N", noon().Format("2006-01-02 15:04:05 UTC"), a.Secret).Output()
	require.NoError(t, err)
	_, ok := auth.VerifyTOTP(a.Secret, string(out), noon(), 0)
	require.True(t, ok, "oathtool says %s", out)
}

func TestARealReaderReadsTheQRCode(t *testing.T) {
	t.Parallel()
	zbarimg := tool(t, "zbarimg")
	for _, account := range []string{"ada", "zoë@example.org", strings.Repeat("long", 25)} {
		a, err := auth.NewTOTP("VelociCompanion", account)
		require.NoError(t, err)
		file := filepath.Join(t.TempDir(), "qr.png")
		require.NoError(t, os.WriteFile(file, a.QRCode, 0o600))
		out, err := exec.CommandContext(t.Context(), zbarimg, "--quiet", "--raw", file).Output()
		require.NoError(t, err)
		require.Equal(t, a.URI, strings.TrimSpace(string(out)))
	}
}
