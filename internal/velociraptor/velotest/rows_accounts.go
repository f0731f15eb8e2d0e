package velotest

import (
	"fmt"
	"strconv"
	"time"
)

func information() table {
	return table{name: "BasicInformation", count: func(*collected) int { return 1 }, row: func(c *collected, _ int) record {
		e := c.f.e
		return record{
			{"Name", "velociraptor"},
			{"BuildTime", ""},
			{"Version", Version},
			{"build_url", ""},
			{"Labels", nil},
			{"Hostname", e.host()},
			{"OS", e.system()},
			{"Architecture", "amd64"},
			{"Platform", e.release()},
			{"PlatformVersion", ""},
			{"KernelVersion", ""},
			{"Fqdn", e.fqdn()},
			{"MACAddresses", []string{e.mac()}},
		}
	}}
}

func userActivity() table {
	return table{name: "Users", count: func(*collected) int { return 1 }, row: func(c *collected, _ int) record {
		return record{{"Name", c.f.e.user()}, {"Description", ""}, {"LastLogin", stamp(c.f.picked.Add(-90 * time.Minute))}}
	}}
}

func windowsUsers() table {
	names := [...]string{"Administrator", "DefaultAccount", "Guest", ""}
	return table{count: func(*collected) int { return len(names) }, row: func(c *collected, i int) record {
		name, uid := names[i], 500+i
		if name == "" {
			name, uid = c.f.e.user(), 1104
		}
		return record{
			{"Uid", uid},
			{"Gid", 513},
			{"Name", name},
			{"Description", ""},
			{"Directory", `C:\Users\` + name},
			{"UUID", fmt.Sprintf("S-1-5-21-3623811015-3361044348-30300820-%d", uid)},
			{"Mtime", stamp(c.f.picked.AddDate(0, -2, 0))},
			{"Type", "local"},
		}
	}}
}

func linuxUsers() table {
	type user struct {
		name, about string
		id          int
		home, shell string
	}
	list := [...]user{
		{"root", "root", 0, "/root", "/bin/bash"},
		{"daemon", "daemon", 1, "/usr/sbin", "/usr/sbin/nologin"},
		{"bin", "bin", 2, "/bin", "/usr/sbin/nologin"},
		{"www-data", "www-data", 33, "/var/www", "/usr/sbin/nologin"},
		{"sshd", "", 105, "/run/sshd", "/usr/sbin/nologin"},
		{"deploy", "Deployment", 1000, "/home/deploy", "/bin/bash"},
	}
	return table{count: func(*collected) int { return len(list) }, row: func(_ *collected, i int) record {
		u := list[i]
		return record{
			{"User", u.name}, {"Description", u.about}, {"Uid", strconv.Itoa(u.id)}, {"Gid", strconv.Itoa(u.id)}, {"Homedir", u.home}, {"Shell", u.shell},
		}
	}}
}

func logins() table {
	return table{count: func(c *collected) int { return min(c.rowsEach, 12) }, row: func(c *collected, i int) record {
		return record{
			{"OSPath", "/var/log/wtmp"},
			{"login_Type", "USER_PROCESS"},
			{"login_PID", 2000 + i},
			{"login_Terminal", "pts/" + strconv.Itoa(i%4)},
			{"login_User", "deploy"},
			{"login_Host", fmt.Sprintf("10.20.1.%d", 10+i)},
			{"login_IpAddr", fmt.Sprintf("10.20.1.%d", 10+i)},
			{"login_time", stamp(c.f.picked.Add(-time.Duration(i*7) * time.Hour))},
		}
	}}
}

func shell() table {
	return table{count: func(*collected) int { return 1 }, row: func(c *collected, _ int) record {
		command := c.f.params[c.f.artifacts[0]]["Command"]
		return record{{"Stdout", "simulated endpoint: nothing was run: " + command + "\n"}, {"Stderr", ""}, {"ReturnCode", 0}, {"Complete", true}}
	}}
}
