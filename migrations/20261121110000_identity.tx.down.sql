DROP TABLE auth_attempts, api_keys, invitations, email_verification_tokens, password_reset_tokens, recovery_codes, user_totp;
DROP INDEX users_email_idx;
ALTER TABLE users DROP COLUMN locked_until;
