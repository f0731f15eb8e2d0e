package velotest

// Systems that an artifact may be for.
const (
	windows = "windows"
	linux   = "linux"
	macos   = "darwin"
)

func client(name, about, system string, sources ...table) definition {
	d := definition{name: name, kind: "client", about: about, sources: sources}
	if system != "" {
		d.systems = []string{system}
	}
	return d
}

func (d definition) with(params ...record) definition {
	d.params = params
	return d
}

func (d definition) needing(permissions ...string) definition {
	d.permissions = permissions
	return d
}

func nothing() table {
	return table{count: func(*collected) int { return 0 }}
}

// definitions are those that hunts begin with, and one of each kind that matters: one source, several, parameters with and
// without choices, permissions, types that no endpoint can collect.
func definitions() []definition {
	glob := func(preset string) record {
		return parameter("SearchFilesGlob", "", preset, "Use a glob to define the files that will be searched.")
	}
	regex := func(name string) record { return parameter(name, "regex", ".", "Only rows that match.") }
	return append([]definition{
		client("Generic.Client.Info", "Collect basic information about the client.", "", information(), userActivity()),
		client("Generic.System.Pstree", "Processes with the chain of their parents.", "", processes()),
		client("Generic.Collectors.File", "Collects files by their paths.", "", uploadedFiles()).with(
			parameter("Path", "", "/etc/hosts", "Glob of the files."), parameter("Root", "", "", "Where globs begin.")),
		client("Windows.System.Pslist", "List processes and their running binaries.", windows, processes()).with(
			regex("ProcessRegex"), parameter("PidRegex", "regex", ".", ""), parameter("UntrustedAuthenticode", "bool", "", "Only those whose signature is not trusted.")),
		client("Linux.Sys.Pslist", "List processes and their running binaries.", linux, processes()).with(regex("processRegex")),
		client("MacOS.System.Pslist", "List processes.", macos, processes()),
		client("Windows.Network.Netstat", "Show information about open sockets.", windows, connections("")),
		client("Windows.Network.NetstatEnriched", "Sockets with the processes that hold them.", windows, connections("Netstat")),
		client("Linux.Network.Netstat", "Parse /proc and give connections.", linux, connections("TCP4"), listeners("UDP4")),
		client("MacOS.Network.Netstat", "Open sockets.", macos, connections("")),
		client("Windows.System.DNSCache", "What the resolver remembers.", windows, dnsCache()),
		client("Windows.Sys.Users", "List user accounts.", windows, windowsUsers()),
		client("Linux.Sys.Users", "Get user specific information like homedir, group etc from /etc/passwd.", linux, linuxUsers()),
		client("Linux.Sys.LastUserLogin", "Find and parse system wtmp files.", linux, logins()),
		client("Windows.Sysinternals.Autoruns", "Programs that start by themselves.", windows, autoruns()).with(
			parameter("All", "bool", "Y", ""), parameter("Boot execute", "bool", "", "")).needing("EXECVE"),
		client("Windows.System.Services", "List all the installed services.", windows, windowsServices()).with(regex("NameRegex")),
		client("Linux.Sys.Services", "Parse services from systemctl.", linux, linuxServices()),
		client("Windows.System.TaskScheduler", "The Windows task scheduler is a common mechanism that malware uses for persistence.", windows, tasks("Analysis"), uploadsOf("Uploads")).with(
			parameter("TasksPath", "", `c:/Windows/System32/Tasks/**`, "")),
		client("Linux.Sys.Crontab", "Displays parsed information from crontab.", linux, cronTabs("CronTabs"), cronScripts("CronScripts")),
		client("MacOS.System.LaunchAgents", "What starts at login.", macos, launchAgents()),
		client("Windows.EventLogs.Evtx", "Parses and returns events from Windows evtx logs.", windows, events()).with(
			parameter("EvtxGlob", "", `%SystemRoot%\System32\winevt\Logs\*.evtx`, ""), regex("ChannelRegex"), parameter("IdRegex", "regex", ".", ""),
			parameter("StartDate", "timestamp", "", ""), parameter("EndDate", "timestamp", "", "")),
		client("Windows.Sysinternals.SysmonLogForward", "Sysmon's own log.", windows, sysmon()),
		client("Windows.Detection.Amcache", "Programs that were run, by hash.", windows, amcache("InventoryApplicationFile")),
		client("Windows.Search.FileFinder", "Find files on the filesystem using the filename or content.", windows, foundFiles()).with(
			glob(`C:\Users\*\Downloads\*`), parameter("Upload_File", "bool", "N", ""), parameter("Calculate_Hash", "bool", "N", "")),
		client("Linux.Search.FileFinder", "Find files on the filesystem using the filename or content.", linux, foundFiles()).with(
			glob("/tmp/*"), parameter("Upload_File", "bool", "N", ""), parameter("Calculate_Hash", "bool", "N", "")),
		client("Linux.Sys.BashShell", "Runs a command.", linux, shell()).with(parameter("Command", "", "ls -l /", "")).needing("EXECVE"),
		client("Windows.System.PowerShell", "Runs a command.", windows, shell()).with(parameter("Command", "", "dir C:/", "")).needing("EXECVE"),
		client("Custom.Simulated.Hostile", "Rows that break careless readers. Only simulated endpoints have this artifact.", "", hostile()).with(
			parameter("Kind", "choices", "all", "What breaks.", hostileKinds()...), parameter("Kinds", "multichoice", "", "Several of them.", hostileKinds()[1:]...)),
		{name: "Server.Utils.CreateCollector", kind: "server", about: "For the server only.", sources: []table{nothing()}},
		{name: "Windows.Events.ProcessCreation", kind: "client_event", about: "Collects all process creation events.", sources: []table{nothing()}},
		{name: "System.Flow.Completion", kind: "server_event", about: "An internal artifact that produces events for every flow completion.", sources: []table{nothing()}},
		{name: "System.Hunt.Creation", kind: "server_event", about: "An event artifact that fires when a user schedules a new hunt.", sources: []table{nothing()}},
	}, quarantines()...)
}

func quarantines() (out []definition) {
	for _, of := range [...]struct{ name, system string }{{"Windows", windows}, {"Linux", linux}, {"MacOS", macos}} {
		d := client(of.name+".Remediation.Quarantine", "Apply quarantine via firewall policy.", of.system, quarantineRows()).needing("EXECVE", "NETWORK").with(
			parameter("RemovePolicy", "bool", "", "Tickbox to remove policy."), parameter("MessageBox", "", "", "Optional message box notification to send to logged in users."))
		out = append(out, d)
	}
	return out
}
