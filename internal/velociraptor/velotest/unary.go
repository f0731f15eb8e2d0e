package velotest

import (
	"context"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/velocicompanion/velocicompanion/internal/velociraptor/velopb"
)

// Check says SERVING.
func (s *Server) Check(ctx context.Context, _ *velopb.HealthCheckRequest) (*velopb.HealthCheckResponse, error) {
	if _, err := s.admit(ctx, ""); err != nil {
		return nil, err
	}
	return &velopb.HealthCheckResponse{Status: velopb.HealthCheckResponse_SERVING}, nil
}

// inRoot admits to the root org, whatever the caller named: that is where unary calls go for API certificates.
func (s *Server) inRoot(ctx context.Context, call, needs string) (asked, error) {
	o, err := s.admit(ctx, "")
	if err != nil {
		return asked{}, err
	}
	s.mu.Lock()
	trouble, by := s.trouble, callerOf(ctx)
	s.called = append(s.called, call)
	s.mu.Unlock()
	q := asked{org: o, now: s.p.Clock.Now(), by: by, denied: s.deniedTo(by)}
	if _, refused := trouble.Deny[call]; refused || q.denied[needs] {
		return q, status.Error(codes.PermissionDenied, "Permission denied: "+needs)
	}
	return q, nil
}

// lost breaks the call after its work was done, where that is the trouble.
func (s *Server) lost(call string) error {
	if s.troubles().LoseAnswer[call] {
		return status.Error(codes.Unavailable, "the server is going down")
	}
	return nil
}

// CreateHunt keeps labels beside a system, and the limit of endpoints; in the root org only.
func (s *Server) CreateHunt(ctx context.Context, r *velopb.Hunt) (*velopb.StartFlowResponse, error) {
	q, err := s.inRoot(ctx, "CreateHunt", "START_HUNT")
	if err != nil {
		return nil, err
	}
	c := conditionOf(r.GetCondition())
	c.Op, c.Text, c.By, c.Tags = opHunt, r.GetHuntDescription(), q.by, r.GetTags()
	c.Artifacts, c.Params = r.GetStartRequest().GetArtifacts(), paramsOf(r.GetStartRequest().GetSpecs())
	c.Count, c.Rows = int(min(r.GetClientLimit(), mostEndpoints)), int(min(r.GetStartRequest().GetMaxRows(), mostRows))
	c.Until, c.Paused = int64(min(r.GetExpires(), farFuture)), r.GetState() != velopb.Hunt_RUNNING
	q.org.mu.Lock()
	q.org.settle(q.now)
	h, complaint := q.newHunt(c)
	q.org.mu.Unlock()
	if h == nil {
		return nil, status.Error(codes.Unknown, complaint)
	}
	if err := s.lost("CreateHunt"); err != nil {
		return nil, err
	}
	return &velopb.StartFlowResponse{FlowId: h.ID}, nil
}

const (
	mostEndpoints = 1 << 30
	mostRows      = 1 << 40
	farFuture     = 1 << 60 // microseconds
)

// conditionOf reads whom a hunt is for. Of labels and a system the message holds one only: what it keeps beside is what is
// excluded.
func conditionOf(r *velopb.HuntCondition) (c change) {
	c.Include, c.Exclude = r.GetLabels().GetLabel(), r.GetExcludedLabels().GetLabel()
	switch r.GetOs().GetOs() {
	case velopb.HuntOsCondition_WINDOWS:
		c.OS = "windows"
	case velopb.HuntOsCondition_LINUX:
		c.OS = "linux"
	case velopb.HuntOsCondition_OSX:
		c.OS = "darwin"
	case velopb.HuntOsCondition_ALL:
	}
	return c
}

func paramsOf(specs []*velopb.ArtifactSpec) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, s := range specs {
		out[s.GetArtifact()] = map[string]string{}
		for _, e := range s.GetParameters().GetEnv() {
			out[s.GetArtifact()][e.GetKey()] = e.GetValue()
		}
	}
	return out
}

// EstimateHunt counts the root org's endpoints that a hunt would be for: those seen in the last so many seconds, or all.
func (s *Server) EstimateHunt(ctx context.Context, r *velopb.HuntEstimateRequest) (*velopb.HuntStats, error) {
	q, err := s.inRoot(ctx, "EstimateHunt", "READ_RESULTS")
	if err != nil {
		return nil, err
	}
	h := &hunt{change: conditionOf(r.GetCondition())}
	out := &velopb.HuntStats{}
	q.org.mu.Lock()
	defer q.org.mu.Unlock()
	q.org.settle(q.now)
	since := time.Time{}
	if last := r.GetLastActive(); last > 0 {
		since = q.now.Add(-time.Duration(min(last, farFuture/uint64(time.Second))) * time.Second)
	}
	for _, e := range q.org.all {
		if q.org.targets(h, e) && !q.org.lastSeen(e, q.now).Before(since) {
			out.TotalClientsScheduled++
		}
	}
	return out, nil
}

// SetClientMetadata changes the metadata of the client "server" of the root org, whatever org the caller is of. The server
// logs nothing of it.
func (s *Server) SetClientMetadata(ctx context.Context, r *velopb.SetClientMetadataRequest) (*velopb.SetClientMetadataResponse, error) {
	q, err := s.inRoot(ctx, "SetClientMetadata", "SERVER_ADMIN")
	if err != nil {
		return nil, err
	}
	if r.GetClientId() != "server" {
		return &velopb.SetClientMetadataResponse{}, nil // of other clients nobody asks
	}
	c := change{Op: opMetadata, Values: map[string]string{}, Tags: r.GetRemove()}
	for _, item := range r.GetAdd() {
		c.Values[item.GetKey()] = item.GetValue()
	}
	q.org.mu.Lock()
	defer q.org.mu.Unlock()
	q.change(c)
	return &velopb.SetClientMetadataResponse{}, nil
}

// VFSGetBuffer reads a piece of an uploaded file. With a client id it looks elsewhere and finds nothing.
func (s *Server) VFSGetBuffer(ctx context.Context, r *velopb.VFSFileBuffer) (*velopb.VFSFileBuffer, error) {
	if _, err := s.admit(ctx, r.GetOrgId()); err != nil {
		return nil, err
	}
	out := &velopb.VFSFileBuffer{Components: r.GetComponents(), Offset: r.GetOffset()}
	if r.GetClientId() == "" && len(r.GetComponents()) > 0 {
		path := strings.Join(r.GetComponents()[1:], "/")
		out.Data = piece(path, sizeOf(r.GetComponents()[len(r.GetComponents())-1]), r.GetOffset(), r.GetLength())
	}
	return out, nil
}
