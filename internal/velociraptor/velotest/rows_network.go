package velotest

import (
	"fmt"
	"time"
)

// connections are open sockets; those of an endpoint that is cut off go to its Velociraptor server and nowhere else.
func connections(source string) table {
	return table{name: source, count: func(c *collected) int {
		if c.isolated {
			return 1
		}
		return c.rowsEach
	}, row: func(c *collected, i int) record {
		list := programs(c.f.e.system())
		p := list[(i+3)%len(list)]
		remote, port := fmt.Sprintf("10.20.0.%d", i%250+1), 443
		if c.isolated || i == 0 {
			remote, port, p = "10.20.0.10", 8000, list[len(list)-1]
		}
		return record{
			{"Pid", 4 + (i+3)*36},
			{"Name", p.name},
			{"Family", "IPv4"},
			{"Type", "TCP"},
			{"Status", "ESTAB"},
			{"Laddr.IP", c.f.e.ip()},
			{"Laddr.Port", 49152 + i%16000},
			{"Raddr.IP", remote},
			{"Raddr.Port", port},
			{"Timestamp", stamp(c.f.picked.Add(-time.Duration(i) * time.Second))},
		}
	}}
}

func listeners(source string) table {
	return table{name: source, count: func(*collected) int { return 3 }, row: func(_ *collected, i int) record {
		ports := [...]int{68, 123, 5353}
		return record{
			{"Pid", 1 + i*7},
			{"Name", programs(linux)[i].name},
			{"Family", "IPv4"},
			{"Type", "UDP"},
			{"Status", "NONE"},
			{"Laddr.IP", "0.0.0.0"},
			{"Laddr.Port", ports[i%len(ports)]},
			{"Raddr.IP", "0.0.0.0"},
			{"Raddr.Port", 0},
		}
	}}
}

func dnsCache() table {
	names := [...]string{"login.microsoftonline.com", "outlook.office365.com", "dc01.corp.example", "wpad.corp.example", "update.example.com", "ctldl.windowsupdate.com"}
	return table{count: func(c *collected) int { return min(c.rowsEach, len(names)) }, row: func(_ *collected, i int) record {
		return record{
			{"Name", names[i]}, {"RecordName", names[i]}, {"RecordType", "A"}, {"TTL", 60 * (i + 1)}, {"DataLength", 4}, {"A", fmt.Sprintf("10.20.0.%d", 30+i)},
		}
	}}
}
