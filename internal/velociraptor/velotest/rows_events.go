package velotest

import (
	"fmt"
	"time"
)

// events are of the Security log: logons and processes.
func events() table {
	return table{count: func(c *collected) int { return c.rowsEach }, row: func(c *collected, i int) record {
		at := c.f.picked.Add(-time.Duration(i) * 37 * time.Second)
		if i%3 == 0 {
			return c.event("Security", "Microsoft-Windows-Security-Auditing", 4624, i, at, record{
				{"SubjectUserSid", "S-1-5-18"},
				{"SubjectUserName", c.f.e.host() + "$"},
				{"SubjectDomainName", "CORP"},
				{"TargetUserName", c.f.e.user()},
				{"TargetDomainName", "CORP"},
				{"LogonType", 3},
				{"IpAddress", fmt.Sprintf("10.20.0.%d", i%250+1)},
				{"ProcessName", "-"},
			})
		}
		p := programs(windows)[i%len(programs(windows))]
		return c.event("Security", "Microsoft-Windows-Security-Auditing", 4688, i, at, record{
			{"SubjectUserName", c.f.e.user()}, {"NewProcessId", 4 + i*36}, {"NewProcessName", p.path}, {"CommandLine", p.line}, {"ParentProcessName", `C:\Windows\System32\services.exe`},
		})
	}}
}

func (c *collected) event(channel, provider string, id, i int, at time.Time, data record) record {
	return record{
		{"EventTime", stamp(at)},
		{"Computer", c.f.e.fqdn()},
		{"Channel", channel},
		{"Provider", provider},
		{"EventID", id},
		{"EventRecordID", 100_000 + i},
		{"UserSID", "S-1-5-18"},
		{"Username", `CORP\` + c.f.e.user()},
		{"EventData", data},
		{"Message", ""},
		{"OSPath", `C:\Windows\System32\winevt\Logs\` + channel + ".evtx"},
	}
}

// sysmon are process creations and connections as Sysmon writes them.
func sysmon() table {
	return table{count: func(c *collected) int { return c.rowsEach }, row: func(c *collected, i int) record {
		at := c.f.picked.Add(-time.Duration(i) * 11 * time.Second)
		p := programs(windows)[1+i%(len(programs(windows))-1)]
		data := record{{"UtcTime", stamp(at)}, {"ProcessId", 4 + i*36}, {"Image", p.path}, {"User", c.f.e.account(p.user)}}
		if i%4 == 3 {
			data = append(data, column{"DestinationIp", fmt.Sprintf("10.20.0.%d", i%250+1)}, column{"DestinationPort", 443}, column{"Protocol", "tcp"})
			return c.event("Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", 3, i, at, data)
		}
		data = append(data, column{"CommandLine", p.line}, column{"ParentImage", `C:\Windows\System32\services.exe`}, column{"Hashes", "SHA256=" + digits(p.path, 64)})
		return c.event("Microsoft-Windows-Sysmon/Operational", "Microsoft-Windows-Sysmon", 1, i, at, data)
	}}
}

func amcache(source string) table {
	return table{name: source, count: func(c *collected) int { return c.rowsEach }, row: func(c *collected, i int) record {
		p := programs(windows)[1+i%(len(programs(windows))-1)]
		return record{
			{"FileId", "0000" + digits(p.path, 40)},
			{"Key", "Root/InventoryApplicationFile/" + p.name},
			{"OSPath", p.path},
			{"Name", p.name},
			{"Publisher", "microsoft corporation"},
			{"SHA1", digits(p.path, 40)},
			{"LinkDate", stamp(c.f.picked.AddDate(-1, 0, 0))},
			{"LastModified", stamp(c.f.picked.AddDate(0, 0, -i))},
		}
	}}
}
