package ingest

import (
	"encoding/json"
	"fmt"

	"github.com/velocicompanion/velocicompanion/internal/store"
)

const programs = 400 // that the fleet has; each host runs some of them, and one that no other has

// rowsOf makes the rows of a batch: process rows as Velociraptor lists them, about 450 bytes, a hundred a host.
func rowsOf(hosts []int64, batch, size int) ([]store.HostRow, error) {
	out := make([]store.HostRow, size)
	for i := range out {
		n := batch*size + i
		host := n / 100 % len(hosts)
		p := n % 100 * (1 + host%3) % programs
		name := fmt.Sprintf("program%d.exe", p)
		if n%100 == 99 {
			name = fmt.Sprintf("only-%d.exe", host)
		}
		row, err := store.NewRow(json.RawMessage(fmt.Sprintf(`{"Pid":%d,"Ppid":%d,"Name":%q,"CommandLine":"C:\\Windows\\System32\\%s -k netsvcs -p -s Schedule%d",
"Exe":"C:\\Windows\\System32\\%s","Hash":{"MD5":"%032x","SHA1":"%040x","SHA256":"%064x"},"Username":"NT AUTHORITY\\SYSTEM",
"CreateTime":"2026-11-21T19:%02d:%02d.%06dZ","RSS":%d,"Deleted":false}`,
			n, n/2, name, name, p, name, p, p, p, n/60%60, n%60, n%1_000_000, n*4096)), "row")
		if err != nil {
			return nil, err
		}
		out[i] = store.HostRow{HostID: hosts[host], Row: row}
	}
	return out, nil
}
