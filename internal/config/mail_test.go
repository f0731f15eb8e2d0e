package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/config"
)

func TestSMTPTLSIsOneOfFourAndSafeByDefault(t *testing.T) {
	t.Parallel()
	c, err := config.FromMap(map[string]string{})
	require.NoError(t, err)
	require.Equal(t, "starttls", c.SMTPTLS)
	require.NotContains(t, c.CheckServe().Error(), "SMTP_TLS")
	c, err = config.FromMap(map[string]string{"SMTP_TLS": "ssl"})
	require.NoError(t, err)
	require.ErrorContains(t, c.CheckServe(), "SMTP_TLS")
}
