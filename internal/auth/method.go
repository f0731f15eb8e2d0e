package auth

// Method is how somebody proved who he is; the audit trail and a session's elevation name it.
type Method string

// The methods. A passkey or an identity provider is one more, with a file of its own.
const (
	MethodPassword     Method = "password"
	MethodTOTP         Method = "totp"
	MethodRecoveryCode Method = "recovery_code"
)
