package auth

import (
	"bytes"
	"crypto/subtle"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

const (
	totpPeriod = 30 // seconds of one step
	totpSkew   = 1  // steps before and after the present one that are accepted
	totpSecret = 20 // random bytes, as RFC 4226 recommends
	totpDigits = otp.DigitsSix

	qrSize   = 272 // pixels of a side
	qrMargin = 24  // white pixels around: readers need four modules of quiet
)

// TOTPSetup is what somebody needs to enrol an authenticator. The caller seals Secret before it keeps it.
type TOTPSetup struct {
	Secret string // base32 without padding, as people type it
	URI    string // otpauth://totp/…, for apps on the same device
	QRCode []byte // the URI as a PNG
}

// NewTOTP makes a fresh secret for an account; issuer is what the authenticator shows above it. SHA-1, six digits and 30
// seconds: what every authenticator understands.
func NewTOTP(issuer, account string) (*TOTPSetup, error) {
	key, err := totp.Generate(totp.GenerateOpts{
		Issuer: label(issuer, "VelociCompanion"), AccountName: label(account, "account"), Period: totpPeriod,
		Secret: clock.Bytes(totpSecret), Digits: totpDigits, Algorithm: otp.AlgorithmSHA1,
	})
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the second factor could not be set up")
	}
	code, err := qrCode(key)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the QR code could not be drawn")
	}
	return &TOTPSetup{Secret: key.Secret(), URI: key.URL(), QRCode: code}, nil
}

// VerifyTOTP says whether code is the one of the present step, the one before or the one after, and of which: the caller
// keeps that step and hands it in as lastStep the next time, because a step at or before it is refused (zero: none was
// accepted yet). Spaces in the code are ignored. All steps are compared, each in constant time.
func VerifyTOTP(secret, code string, now time.Time, lastStep int64) (step int64, ok bool) {
	code = strings.Join(strings.Fields(code), "")
	present := now.Unix() / totpPeriod
	for s := max(present-totpSkew, 0); s <= present+totpSkew; s++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(s), hotp.ValidateOpts{Digits: totpDigits, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return 0, false
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && s > lastStep && !ok {
			step, ok = s, true
		}
	}
	return step, ok
}

// label is a name as the URI can hold it: the colon parts issuer and account.
func label(name, fallback string) string {
	name = strings.TrimSpace(strings.ReplaceAll(name, ":", " "))
	if name == "" {
		return fallback
	}
	return name
}

func qrCode(key *otp.Key) ([]byte, error) {
	code, err := key.Image(qrSize-2*qrMargin, qrSize-2*qrMargin)
	if err != nil {
		return nil, err
	}
	canvas := image.NewGray(image.Rect(0, 0, qrSize, qrSize))
	draw.Draw(canvas, canvas.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(canvas, code.Bounds().Add(image.Pt(qrMargin, qrMargin)), code, code.Bounds().Min, draw.Src)
	var out bytes.Buffer
	if err := png.Encode(&out, canvas); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
