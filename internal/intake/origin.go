package intake

import (
	"strings"
	"time"

	"github.com/velocicompanion/velocicompanion/internal/rawjson"
)

// Origin is what a row says of where it comes from. Fields are "" where it doesn't say.
type Origin struct {
	ClientID  string    // Velociraptor's, C.…
	Hostname  string    // as written; the fully qualified name where both are there
	OS        string    // windows, linux, darwin, as Velociraptor names them
	IPAddress string    // of the machine itself
	Channel   string    // of a Windows event log
	Provider  string    // of a Windows event log
	EventID   string    // of a Windows event log
	Time      time.Time // of the event; zero when the row doesn't say, or not credibly
}

// OriginOf reads one JSON object, as Velociraptor's plugins, Windows event logs in JSON (evtx_dump, Velociraptor's
// parse_evtx, EvtxECmd, Winlogbeat, NXLog, Get-WinEvent) and the elastic common schema write it. Of what is not JSON it
// knows nothing.
func OriginOf(raw []byte) Origin {
	var o Origin
	ranks := map[*string]int{}
	var buf []byte
	err := rawjson.Walk(raw, func(l *rawjson.Leaf) bool {
		if l.Kind != rawjson.String && l.Kind != rawjson.Number || len(l.Text) == 0 || len(l.Text) > maxOrigin {
			return true
		}
		buf = l.AppendDotted(buf[:0])
		field, rank := o.field(string(buf))
		if field != nil && (ranks[field] == 0 || rank < ranks[field]) && string(l.Text) != "-" {
			*field, ranks[field] = strings.TrimSpace(string(l.Text)), rank
		}
		return true
	})
	if err != nil {
		return Origin{}
	}
	line := Line{Raw: raw}
	var times timeReader
	times.read(&line)
	o.Time = line.EventTime
	o.OS = strings.ToLower(o.OS)
	o.IPAddress = withoutPort(o.IPAddress)
	return o
}

const maxOrigin = 300 // bytes of a name

// field says which field of the origin a place fills, and how telling it is, 1 the most.
func (o *Origin) field(dotted string) (*string, int) {
	switch dotted {
	case "client_id", "ClientId", "ClientID":
		return &o.ClientID, 1
	case "os_info.fqdn", "Fqdn", "fqdn":
		return &o.Hostname, 3
	case "Event.System.Computer", "System.Computer", "winlog.computer_name", "Computer", "ComputerName", "MachineName", "hostname":
		return &o.Hostname, 1
	case "host.name", "host.hostname", "os_info.hostname", "Hostname", "HostName", "host":
		return &o.Hostname, 2
	case "os_info.system", "host.os.type", "os", "OS":
		return &o.OS, 1
	case "last_ip", "ip_address":
		return &o.IPAddress, 1
	case "Event.System.Channel", "System.Channel", "winlog.channel", "Channel", "LogName":
		return &o.Channel, 1
	case "Event.System.Provider.#attributes.Name", "Event.System.Provider.@Name", "System.Provider.Name", "winlog.provider_name",
		"SourceName", "Provider", "ProviderName":
		return &o.Provider, 1
	case "Event.System.EventID", "Event.System.EventID.#text", "System.EventID.Value", "System.EventID", "winlog.event_id",
		"EventID", "EventId":
		return &o.EventID, 1
	}
	return nil, 0
}

// withoutPort takes the port off 127.0.0.1:41916 and [::1]:41916.
func withoutPort(addr string) string {
	if inner, ok := strings.CutPrefix(addr, "["); ok {
		host, _, _ := strings.Cut(inner, "]")
		return host
	}
	if strings.Count(addr, ":") == 1 {
		host, _, _ := strings.Cut(addr, ":")
		return host
	}
	return addr
}
