package velotest

import (
	"strconv"
	"time"
)

// program is something that runs.
type program struct{ name, path, line, user string }

func programs(system string) []program {
	switch system {
	case linux:
		return []program{
			{"systemd", "/usr/lib/systemd/systemd", "/sbin/init", "root"},
			{"sshd", "/usr/sbin/sshd", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", "root"},
			{"cron", "/usr/sbin/cron", "/usr/sbin/cron -f", "root"},
			{"rsyslogd", "/usr/sbin/rsyslogd", "/usr/sbin/rsyslogd -n -iNONE", "root"},
			{"nginx", "/usr/sbin/nginx", "nginx: worker process", "www-data"},
			{"postgres", "/usr/lib/postgresql/15/bin/postgres", "postgres: checkpointer", "postgres"},
			{"chronyd", "/usr/sbin/chronyd", "/usr/sbin/chronyd -F 1", "_chrony"},
			{"dbus-daemon", "/usr/bin/dbus-daemon", "@dbus-daemon --system --address=systemd: --nofork", "messagebus"},
			{"bash", "/usr/bin/bash", "-bash", "deploy"},
			{"velociraptor", "/usr/local/bin/velociraptor_client", "/usr/local/bin/velociraptor_client --config /etc/velociraptor/client.config.yaml client", "root"},
		}
	case macos:
		return []program{
			{"launchd", "/sbin/launchd", "/sbin/launchd", "root"},
			{"WindowServer", "/System/Library/PrivateFrameworks/SkyLight.framework/Resources/WindowServer", "WindowServer -daemon", "_windowserver"},
			{"mds_stores", "/System/Library/Frameworks/CoreServices.framework/mds_stores", "mds_stores", "root"},
			{"Finder", "/System/Library/CoreServices/Finder.app/Contents/MacOS/Finder", "Finder", ""},
			{"Safari", "/Applications/Safari.app/Contents/MacOS/Safari", "Safari", ""},
			{"velociraptor", "/usr/local/sbin/velociraptor", "velociraptor client", "root"},
		}
	default:
		return []program{
			{"System", "", "", `NT AUTHORITY\SYSTEM`},
			{"smss.exe", `C:\Windows\System32\smss.exe`, `\SystemRoot\System32\smss.exe`, `NT AUTHORITY\SYSTEM`},
			{"csrss.exe", `C:\Windows\System32\csrss.exe`, `%SystemRoot%\system32\csrss.exe ObjectDirectory=\Windows`, `NT AUTHORITY\SYSTEM`},
			{"services.exe", `C:\Windows\System32\services.exe`, `C:\Windows\system32\services.exe`, `NT AUTHORITY\SYSTEM`},
			{"lsass.exe", `C:\Windows\System32\lsass.exe`, `C:\Windows\system32\lsass.exe`, `NT AUTHORITY\SYSTEM`},
			{"svchost.exe", `C:\Windows\System32\svchost.exe`, `C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule`, `NT AUTHORITY\SYSTEM`},
			{"svchost.exe", `C:\Windows\System32\svchost.exe`, `C:\Windows\system32\svchost.exe -k LocalServiceNetworkRestricted -p -s Dhcp`, `NT AUTHORITY\LOCAL SERVICE`},
			{"svchost.exe", `C:\Windows\System32\svchost.exe`, `C:\Windows\system32\svchost.exe -k NetworkService -p -s Dnscache`, `NT AUTHORITY\NETWORK SERVICE`},
			{"MsMpEng.exe", `C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24090.11-0\MsMpEng.exe`, `"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24090.11-0\MsMpEng.exe"`, `NT AUTHORITY\SYSTEM`},
			{"spoolsv.exe", `C:\Windows\System32\spoolsv.exe`, `C:\Windows\System32\spoolsv.exe`, `NT AUTHORITY\SYSTEM`},
			{"explorer.exe", `C:\Windows\explorer.exe`, `C:\Windows\Explorer.EXE`, ""},
			{"OUTLOOK.EXE", `C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE`, `"C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE"`, ""},
			{"msedge.exe", `C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`, `"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe" --type=renderer --lang=en-US`, ""},
			{"Teams.exe", `C:\Program Files\WindowsApps\MSTeams\ms-teams.exe`, `"ms-teams.exe" msteams:system-initiated`, ""},
			{"Velociraptor.exe", `C:\Program Files\Velociraptor\Velociraptor.exe`, `"C:\Program Files\Velociraptor\Velociraptor.exe" --config "C:\Program Files\Velociraptor\client.config.yaml" service run`, `NT AUTHORITY\SYSTEM`},
		}
	}
}

// account is who runs a program that names nobody: the endpoint's user.
func (e *endpoint) account(user string) string {
	if user != "" {
		return user
	}
	if e.system() == windows {
		return `CORP\` + e.user()
	}
	return e.user()
}

// processes are the process list of the endpoint's system, in the shape that its artifact has there.
func processes() table {
	return table{count: func(c *collected) int { return c.rowsEach }, row: func(c *collected, i int) record {
		e := c.f.e
		list := programs(e.system())
		p := list[i%len(list)]
		pid, parent := 4+i*36, 4
		if i == 0 {
			parent = 0
		}
		began := stamp(c.f.picked.Add(-time.Duration(100+i) * time.Minute))
		if e.system() != windows {
			return record{
				{"Pid", strconv.Itoa(1 + i*7)},
				{"Ppid", strconv.Itoa(min(i, 1))},
				{"Name", p.name},
				{"CommandLine", p.line},
				{"Exe", p.path},
				{"Hash", hashes(p.path)},
				{"Username", e.account(p.user)},
				{"CreateTime", began},
				{"RSS", 4096 * (1 + i%2000)},
				{"Deleted", false},
			}
		}
		return record{
			{"Pid", pid},
			{"Ppid", parent},
			{"TokenIsElevated", p.user != ""},
			{"Name", p.name},
			{"Exe", p.path},
			{"CommandLine", p.line},
			{"Hash", hashes(p.path)},
			{"Authenticode", record{{"Filename", p.path}, {"ProgramName", "Microsoft Windows"}, {"Trusted", "trusted"}, {"IssuerName", "Microsoft Windows Production PCA 2011"}}},
			{"Username", e.account(p.user)},
			{"WorkingSetSize", 4096 * (1 + i%9000)},
			{"CreateTime", began},
		}
	}}
}

// hashes are the same for the same path on each endpoint, as with a program that all have.
func hashes(path string) record {
	if path == "" {
		return record{{"MD5", nil}, {"SHA1", nil}, {"SHA256", nil}}
	}
	digest := digits(path, 64)
	return record{{"MD5", digest[:32]}, {"SHA1", digest[:40]}, {"SHA256", digest}}
}

// digits look like a digest and are the same for the same text.
func digits(text string, many int) string {
	x := uint64(14695981039346656037) // FNV-1a
	for i := range len(text) {
		x = (x ^ uint64(text[i])) * 1099511628211
	}
	const hexadecimal = "0123456789abcdef"
	b := make([]byte, many)
	for i := range b {
		if i%16 == 0 {
			x = scatter(x + 1)
		}
		b[i] = hexadecimal[x>>(4*(i%16))&15]
	}
	return string(b)
}
