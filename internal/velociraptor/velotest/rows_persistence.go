package velotest

import (
	"fmt"
	"strconv"
	"time"
)

func autoruns() table {
	type entry struct{ place, name, image, line string }
	list := [...]entry{
		{`HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run`, "SecurityHealth", `C:\Windows\System32\SecurityHealthSystray.exe`, `%windir%\system32\SecurityHealthSystray.exe`},
		{`HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run`, "RtkAudUService", `C:\Windows\System32\RtkAudUService64.exe`, `"C:\Windows\System32\RtkAudUService64.exe" -background`},
		{`HKCU\SOFTWARE\Microsoft\Windows\CurrentVersion\Run`, "OneDrive", `C:\Program Files\Microsoft OneDrive\OneDrive.exe`, `"C:\Program Files\Microsoft OneDrive\OneDrive.exe" /background`},
		{`HKCU\SOFTWARE\Microsoft\Windows\CurrentVersion\Run`, "Teams", `C:\Program Files\WindowsApps\MSTeams\ms-teams.exe`, `"ms-teams.exe" msteams:system-initiated`},
		{`Task Scheduler`, `\Microsoft\Windows\UpdateOrchestrator\Schedule Scan`, `C:\Windows\System32\usoclient.exe`, `%systemroot%\system32\usoclient.exe StartScan`},
		{`HKLM\System\CurrentControlSet\Services`, "Spooler", `C:\Windows\System32\spoolsv.exe`, `C:\Windows\System32\spoolsv.exe`},
	}
	return table{count: func(c *collected) int { return c.rowsEach }, row: func(c *collected, i int) record {
		e := list[i%len(list)]
		return record{
			{"Time", stamp(c.f.picked.AddDate(0, 0, -30-i))},
			{"Entry Location", e.place},
			{"Entry", e.name},
			{"Enabled", "enabled"},
			{"Category", "Logon"},
			{"Profile", "System-wide"},
			{"Description", ""},
			{"Signer", "(Verified) Microsoft Windows"},
			{"Company", "Microsoft Corporation"},
			{"Image Path", e.image},
			{"Launch String", e.line},
			{"MD5", digits(e.image, 32)},
			{"SHA-1", digits(e.image, 40)},
			{"SHA-256", digits(e.image, 64)},
		}
	}}
}

func windowsServices() table {
	return table{count: func(c *collected) int { return c.rowsEach }, row: func(c *collected, i int) record {
		p := programs(windows)[3+i%7]
		return record{
			{"State", "Running"},
			{"Name", fmt.Sprintf("Svc%03d", i)},
			{"DisplayName", "Service of " + p.name},
			{"Status", "OK"},
			{"Pid", 4 + i*36},
			{"ExitCode", 0},
			{"StartMode", "Auto"},
			{"PathName", p.line},
			{"ServiceType", "Share Process"},
			{"UserAccount", p.user},
			{"Created", stamp(c.f.picked.AddDate(-1, 0, 0))},
			{"HashServiceExe", hashes(p.path)},
		}
	}}
}

func linuxServices() table {
	return table{count: func(c *collected) int { return min(c.rowsEach, len(programs(linux))) }, row: func(_ *collected, i int) record {
		p := programs(linux)[i]
		return record{{"Unit", p.name + ".service"}, {"Load", "loaded"}, {"Active", "active"}, {"Sub", "running"}, {"Description", p.line}}
	}}
}

func tasks(source string) table {
	names := [...]string{`\Microsoft\Windows\Defrag\ScheduledDefrag`, `\Microsoft\Windows\UpdateOrchestrator\Schedule Scan`, `\MicrosoftEdgeUpdateTaskMachineCore`, `\Microsoft\Office\Office Automatic Updates 2.0`}
	return table{name: source, count: func(c *collected) int { return min(c.rowsEach, len(names)) }, row: func(c *collected, i int) record {
		return record{
			{"OSPath", `C:\Windows\System32\Tasks` + names[i]},
			{"Mtime", stamp(c.f.picked.AddDate(0, 0, -60-i))},
			{"Command", `%systemroot%\system32\usoclient.exe`},
			{"Arguments", "StartScan"},
			{"ComHandler", nil},
			{"UserId", "S-1-5-18"},
			{"Enabled", "true"},
		}
	}}
}

func cronTabs(source string) table {
	lines := [...]string{"cd / && run-parts --report /etc/cron.hourly", "test -x /usr/sbin/anacron || run-parts --report /etc/cron.daily", "/usr/local/bin/backup.sh"}
	return table{name: source, count: func(*collected) int { return len(lines) }, row: func(_ *collected, i int) record {
		return record{
			{"Event", nil}, {"Minute", strconv.Itoa(17 + i)}, {"Hour", "*"}, {"DayOfMonth", "*"}, {"Month", "*"}, {"DayOfWeek", "*"}, {"User", "root"}, {"Command", lines[i]}, {"OSPath", "/etc/crontab"},
		}
	}}
}

func cronScripts(source string) table {
	names := [...]string{"/etc/cron.daily/apt-compat", "/etc/cron.daily/logrotate", "/etc/cron.daily/dpkg"}
	return table{name: source, count: func(*collected) int { return len(names) }, row: func(c *collected, i int) record {
		return record{{"Mtime", stamp(c.f.picked.AddDate(-1, 0, i))}, {"OSPath", names[i]}, {"Hash", hashes(names[i])}}
	}}
}

func launchAgents() table {
	names := [...]string{"com.microsoft.update.agent", "com.google.keystone.agent", "us.zoom.updater"}
	return table{count: func(*collected) int { return len(names) }, row: func(c *collected, i int) record {
		return record{
			{"OSPath", "/Library/LaunchAgents/" + names[i] + ".plist"},
			{"Label", names[i]},
			{"ProgramArguments", []string{"/Applications/" + names[i]}},
			{"RunAtLoad", true},
			{"Mtime", stamp(c.f.picked.Add(-time.Duration(i) * 24 * time.Hour))},
		}
	}}
}
