package activities

import (
	"cmp"
	"context"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/auth"
	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/playbooks"
	"github.com/velocicompanion/velocicompanion/workflows/contract"
)

type sendNotification struct{}

// SendNotificationParams are what send_notification takes.
type SendNotificationParams struct {
	Message  string   `json:"message" jsonschema:"minLength=1,maxLength=4000,description=What to say"`
	Title    string   `json:"title,omitempty" jsonschema:"maxLength=200,description=Headline; the first line of the message when missing"`
	To       []string `json:"to,omitempty" jsonschema:"maxItems=200,description=User names and role:<name>; everybody active in the tenant when missing"`
	Severity string   `json:"severity,omitempty" jsonschema:"enum=info,enum=low,enum=medium,enum=high,enum=critical,default=info"`
	Link     string   `json:"link,omitempty" jsonschema:"maxLength=500,pattern=^/([^/]|$),description=Path in the screen; the run when missing"`
}

// SendNotificationResult is what send_notification answers.
type SendNotificationResult struct {
	Recipients int `json:"recipients" jsonschema:"description=How many users got it"`
}

// Spec describes the action.
func (sendNotification) Spec() playbooks.ActionSpec {
	return playbooks.ActionSpec{
		Name: contract.ActionSendNotification, Summary: "Sends a message to users of the tenant, on their screens.",
		Effect: playbooks.EffectDatabase, Timeout: databaseTimeout, Retry: databaseRetry(), Role: string(auth.RoleUser),
		DryRun: "would notify users",
	}
}

// Execute writes one notification per recipient. Faults: Invalid for a recipient who isn't there.
func (sendNotification) Execute(ctx context.Context, c Call, p SendNotificationParams) (SendNotificationResult, error) {
	to, err := recipients(ctx, c.Tenant, p.To)
	if err != nil {
		return SendNotificationResult{}, err
	}
	users, err := c.Tenant.Notify(ctx, store.Notice{
		Users: to, Type: "playbook.message", Title: cmp.Or(p.Title, firstLine(p.Message)), Message: p.Message, Severity: p.Severity,
		Link: cmp.Or(p.Link, contract.ExecutionLink(c.Run.ExecutionID)),
	})
	return SendNotificationResult{Recipients: len(users)}, err
}

// recipients resolves user names and roles; none named means everybody.
func recipients(ctx context.Context, t *store.Tenant, to []string) ([]int64, error) {
	if len(to) == 0 {
		return nil, nil
	}
	var names, roles []string
	for _, who := range to {
		if role, ok := strings.CutPrefix(who, "role:"); ok {
			if _, err := auth.ParseRole(role); err != nil {
				return nil, fault.InvalidField("to", "%q is no role", role)
			}
			roles = append(roles, role)
		} else {
			names = append(names, who)
		}
	}
	users, err := t.ActiveUsers(ctx, names, roles)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, 0, len(users))
	known := map[string]bool{}
	for _, u := range users {
		ids = append(ids, u.ID)
		known[strings.ToLower(u.Username)] = true
	}
	for _, name := range names {
		if !known[strings.ToLower(name)] {
			return nil, fault.InvalidField("to", "there is no active user %q", name)
		}
	}
	if len(ids) == 0 {
		return nil, fault.InvalidField("to", "nobody active has the role")
	}
	return ids, nil
}

// firstLine makes a headline of a message.
func firstLine(message string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(message), "\n")
	if runes := []rune(line); len(runes) > 120 {
		return string(runes[:119]) + "…"
	}
	return line
}
