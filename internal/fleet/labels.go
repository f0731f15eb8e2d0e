package fleet

import (
	"context"
	"slices"
	"strings"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/store"
	"github.com/velocicompanion/velocicompanion/models"
)

// LabelWish is which labels a host is to have, or not to have any more.
type LabelWish struct {
	HostID   int64
	Labels   []string
	Remove   bool
	OnServer *bool // the server is told as well; nil: where the host is enrolled and a server is connected
}

// Labelled is what became of a wish.
type Labelled struct {
	Labels   []string // the host's, now
	OnServer bool
}

// LabelHost puts labels on a host, or takes them off: at the server first, so that a repeat makes up for what failed. Labels
// that isolate are left to isolation, with its rules. Faults: NotFound; Invalid at labels; Conflict (host_not_enrolled,
// velociraptor_not_configured) where the server must be told and can't; Forbidden, Unavailable from the server.
func (s *Service) LabelHost(ctx context.Context, t *store.Tenant, w LabelWish) (out Labelled, err error) {
	labels, err := store.NormalLabels(w.Labels)
	if err != nil {
		return out, err
	}
	host, err := t.Host(ctx, w.HostID)
	if fault.Is(err, fault.NotFound) {
		return out, fault.Wrap(err, fault.NotFound, "there is no host %d", w.HostID)
	}
	if err != nil {
		return out, err
	}
	if out.OnServer, err = s.labelAtServer(ctx, t, host, labels, w); err != nil {
		return out, err
	}
	results, err := t.ChangeHosts(ctx, []int64{w.HostID}, func(h *models.Host) error {
		if w.Remove {
			h.Labels = slices.DeleteFunc(slices.Clone(h.Labels), func(l string) bool { return slices.Contains(labels, l) })
		} else {
			h.Labels = append(slices.Clone(h.Labels), labels...)
		}
		return nil
	})
	if err == nil {
		err = results[w.HostID]
	}
	if err != nil {
		return out, err
	}
	if host, err = t.Host(ctx, w.HostID); err == nil {
		out.Labels = append([]string{}, host.Labels...)
	}
	return out, err
}

// labelAtServer tells the server, where it is to be told.
func (s *Service) labelAtServer(ctx context.Context, t *store.Tenant, host *models.Host, labels []string, w LabelWish) (told bool, err error) {
	if w.OnServer != nil && !*w.OnServer {
		return false, nil
	}
	must := w.OnServer != nil
	if host.ClientID == nil {
		if must {
			return false, fault.New(fault.Conflict, "%s has no Velociraptor client that could be labelled", host.Hostname).WithCode(store.CodeNotEnrolled)
		}
		return false, nil
	}
	if slices.ContainsFunc(labels, func(l string) bool { return strings.EqualFold(l, QuarantineLabel) }) {
		return false, fault.InvalidField("labels", "%s isolates endpoints: use isolate_host and release_host", QuarantineLabel)
	}
	server, err := s.p.Servers.Server(ctx, t)
	if !must && codeOf(err) == store.CodeNotConfigured {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, l := range labels {
		if err := server.SetLabel(ctx, *host.ClientID, l, !w.Remove); err != nil {
			return false, err
		}
	}
	return true, nil
}
