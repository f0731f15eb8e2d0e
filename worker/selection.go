package worker

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// selection says which tenants a process serves.
type selection struct {
	ids  []int64 // these, where there are any
	k, n int64   // else those of shard k among n; n is 1 for all
}

// parseSelection reads WORKER_TENANTS: "all", a list of ids ("3,7"), or shard "k/n" (k from 1 to n).
func parseSelection(s string) (selection, error) {
	s = strings.TrimSpace(s)
	if s == "" || s == "all" {
		return selection{n: 1, k: 1}, nil
	}
	if a, b, ok := strings.Cut(s, "/"); ok {
		k, err1 := strconv.ParseInt(a, 10, 64)
		n, err2 := strconv.ParseInt(b, 10, 64)
		if err1 != nil || err2 != nil || k < 1 || n < k {
			return selection{}, fmt.Errorf("WORKER_TENANTS: %q is no shard k/n with k from 1 to n", s)
		}
		return selection{k: k, n: n}, nil
	}
	var sel selection
	for part := range strings.SplitSeq(s, ",") {
		id, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64)
		if err != nil || id < 1 {
			return selection{}, fmt.Errorf("WORKER_TENANTS: %q is neither all, nor a list of ids, nor a shard k/n", s)
		}
		sel.ids = append(sel.ids, id)
	}
	return sel, nil
}

func (s selection) serves(tenantID int64) bool {
	if len(s.ids) > 0 {
		return slices.Contains(s.ids, tenantID)
	}
	return tenantID%s.n == s.k-1
}
