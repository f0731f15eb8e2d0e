package indicator_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/velocicompanion/velocicompanion/internal/fault"
	"github.com/velocicompanion/velocicompanion/internal/indicator"
	"github.com/velocicompanion/velocicompanion/internal/intake"
)

func extract(t *testing.T, row string) indicator.Extraction {
	t.Helper()
	e, err := indicator.NewExtractor(indicator.Options{}).Extract(json.RawMessage(row))
	require.NoError(t, err)
	return e
}

// short tells what was found: type, value and place; behind a dash what was held back and why.
func short(e indicator.Extraction) []string {
	out := []string{}
	for _, f := range e.Indicators {
		s := fmt.Sprintf("%s %s @%s", f.Type, f.Value, f.Path)
		if f.Derived {
			s += " derived"
		}
		out = append(out, s)
	}
	for _, f := range e.HeldBack {
		out = append(out, fmt.Sprintf("-%s %s %s @%s", f.Guard, f.Type, f.Value, f.Path))
	}
	return out
}

func TestExtractByField(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		row  string
		want []string
	}{
		"Velociraptor process": {
			`{"Pid":1,"Exe":"C:\\Users\\eve\\a.exe","Hash":{"MD5":"` + md5Hex + `","SHA256":"` + sha2Hex + `"},"CommandLine":"a.exe http://evil.ru/x"}`,
			[]string{`file C:\Users\eve\a.exe @Exe`, "hash " + md5Hex + " @Hash.MD5", "hash " + sha2Hex + " @Hash.SHA256", "url http://evil.ru/x @CommandLine", "domain evil.ru @CommandLine derived"},
		},
		"Velociraptor netstat": {
			`{"Laddr":{"IP":"45.83.64.1","Port":1},"Raddr":{"IP":"45.83.64.11","Port":443},"Status":"ESTAB"}`,
			[]string{"ip 45.83.64.11 @Raddr.IP", "-own_address ip 45.83.64.1 @Laddr.IP"},
		},
		"Linux netstat": {
			`{"LocalAddr":"10.0.0.1:22","RemoteAddr":"::ffff:45.83.64.11"}`,
			[]string{"ip 45.83.64.11 @RemoteAddr", "-own_address ip 10.0.0.1 @LocalAddr"},
		},
		"Sysmon connection": {
			`{"Event":{"EventData":{"SourceIp":"10.1.2.3","DestinationIp":"45.83.64.11","DestinationHostname":"srv.corp"}}}`,
			[]string{"ip 45.83.64.11 @Event.EventData.DestinationIp", "-private_address ip 10.1.2.3 @Event.EventData.SourceIp", "-reserved_name domain srv.corp @Event.EventData.DestinationHostname"},
		},
		"Sysmon DNS": {
			`{"EventData":{"QueryName":"Setup.zip","QueryResults":"type:  5 cdn.evil.ru;::ffff:45.83.64.11;"}}`,
			[]string{"domain setup.zip @EventData.QueryName", "domain cdn.evil.ru @EventData.QueryResults", "ip 45.83.64.11 @EventData.QueryResults"},
		},
		"Sysmon hashes": {
			`{"Hashes":"SHA1=` + strings.ToUpper(sha1Hex) + `,MD5=` + md5Hex + `,IMPHASH=00000000000000000000000000000000"}`,
			[]string{"hash " + sha1Hex + " @Hashes", "hash " + md5Hex + " @Hashes", "-placeholder_hash hash 00000000000000000000000000000000 @Hashes"},
		},
		"registry": {
			`{"TargetObject":"HKLM\\Software\\Run\\x y","Details":"\"C:\\ProgramData\\x y\\z.exe\" -q"}`,
			[]string{`registry HKLM\Software\Run\x y @TargetObject`, `file C:\ProgramData\x y\z.exe @Details`},
		},
		"Defender": {
			`{"Path":"file:_C:\\Users\\eve\\a.exe"}`, []string{`file C:\Users\eve\a.exe @Path`},
		},
		"written below the system's folder": {
			`{"TargetFilename":"C:\\Windows\\System32\\evil.dll","Image":"C:\\Windows\\System32\\cmd.exe"}`,
			[]string{`file C:\Windows\System32\evil.dll @TargetFilename`, `-system_file file C:\Windows\System32\cmd.exe @Image`},
		},
		"run from where others may write": {
			`{"Image":"C:\\Windows\\System32\\spool\\drivers\\color\\x.exe","Exe":"/dev/shm/x"}`,
			[]string{`file C:\Windows\System32\spool\drivers\color\x.exe @Image`, `file /dev/shm/x @Exe`},
		},
		"identifiers and certificates": {
			`{"ContainerId":"` + sha2Hex + `","Thumbprint":"` + sha1Hex + `","Authenticode":{"X":"` + md5Hex + `"},"ProcessGuid":"5AA13A44-0D38-68FD-B736-000000004002"}`,
			[]string{"-identifier_field hash " + sha2Hex + " @ContainerId", "-certificate_field hash " + sha1Hex + " @Thumbprint", "-certificate_field hash " + md5Hex + " @Authenticode.X"},
		},
		"versions": {
			`{"FileVersion":"7.8.1.100","Msg":"version 7.8.1.100 and Chrome/99.0.1.2 v1.2.3.4","n":"26.0.0.0"}`,
			[]string{"-version_number ip 7.8.1.100 @FileVersion", "-version_number ip 99.0.1.2 @Msg", "-version_number ip 1.2.3.4 @Msg", "-version_number ip 26.0.0.0 @n"},
		},
		"names that look like domains": {
			`{"Msg":"setup.sh System.Net chcp.com com.apple foo.dll index.js main.py list.txt","x":"a.exe.config"}`,
			[]string{"-file_name domain setup.sh @Msg", "-code_name domain system.net @Msg", "-file_name domain chcp.com @Msg", "-code_name domain com.apple @Msg", "-file_name domain main.py @Msg"},
		},
		"own names": {
			`{"Hostname":"srv1.evil.ru","Computer":"srv2.evil.ru"}`,
			[]string{"-own_host domain srv1.evil.ru @Hostname", "-own_host domain srv2.evil.ru @Computer"},
		},
		"hosting": {
			`{"Url":"https://raw.githubusercontent.com/x/y","q":"https://www.google.com/ https://github.com"}`,
			[]string{
				"url https://raw.githubusercontent.com/x/y @Url", "-well_known_domain domain raw.githubusercontent.com @Url",
				"-well_known_domain url https://www.google.com/ @q", "-well_known_domain url https://github.com/ @q",
			},
		},
		"once each, in arrays too": {
			`{"rows":[{"x":"evil.ru"},{"x":"evil.ru EVIL.ru"}],"Path":["C:\\a\\b.exe","c:/A/B.EXE"]}`,
			[]string{"domain evil.ru @rows[0].x", `file C:\a\b.exe @Path[0]`},
		},
		"no indicators": {
			`{"n":1,"t":true,"z":null,"s":"hello world","opt":"cmd /c /quiet /d:x","time":"12:34:56","mac":"7a:aa:62:65:34:2d","dir":"C:\\Users\\","CurrentDirectory":"C:\\Temp\\x"}`,
			[]string{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, short(extract(t, c.row)))
		})
	}
}

func TestExtractKeepsWhatItIsTold(t *testing.T) {
	t.Parallel()
	x := indicator.NewExtractor(indicator.Options{Keep: []indicator.Guard{indicator.PrivateAddress, indicator.SystemFile}})
	e, err := x.ExtractMap(map[string]any{"Image": `C:\Windows\System32\cmd.exe`, "ip": "10.0.0.1", "url": "http://10.0.0.2/"})
	require.NoError(t, err)
	require.Equal(t, []string{`file C:\Windows\System32\cmd.exe @Image`, "ip 10.0.0.1 @ip", "url http://10.0.0.2/ @url", "ip 10.0.0.2 @url derived"}, short(e))
}

func TestExtractIsBounded(t *testing.T) {
	t.Parallel()
	x := indicator.NewExtractor(indicator.Options{Found: 3, Text: 100, Row: 1000})
	var ips []string
	for i := range 10 {
		ips = append(ips, fmt.Sprintf("45.83.64.%d", i+1))
	}
	e, err := x.ExtractMap(map[string]any{"ips": ips})
	require.NoError(t, err)
	require.Len(t, e.Indicators, 3)
	require.True(t, e.Truncated)

	e, err = x.ExtractMap(map[string]any{"s": strings.Repeat("x", 99) + " evil.ru"})
	require.NoError(t, err)
	require.Empty(t, e.Indicators)
	require.True(t, e.Truncated)

	_, err = x.Extract(json.RawMessage(`{"a":`))
	require.Equal(t, fault.Malformed, fault.KindOf(err))
	_, err = x.ExtractMap(map[string]any{"f": func() {}})
	require.Equal(t, fault.Invalid, fault.KindOf(err))
}

// shared finds the folder of recorded rows and public samples that lies beside the repository.
func shared(t *testing.T) string {
	t.Helper()
	for _, dir := range []string{
		os.Getenv("VC_SHARED_DATA"), filepath.Join("..", "..", "..", "shared", "data"), filepath.Join("..", "..", "..", "..", "shared", "data"),
	} {
		if _, err := os.Stat(filepath.Join(dir, "sigma")); dir != "" && err == nil {
			return dir
		}
	}
	t.Skip("there is no ../shared/data")
	return ""
}

// count reads files as an ingestion would and counts what comes out by type, and what is held back by guard.
func count(t *testing.T, pattern string) (rows int, counts map[string]int, values map[string]string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	x := indicator.NewExtractor(indicator.Options{})
	counts, values = map[string]int{}, map[string]string{}
	for _, name := range files {
		f, err := os.Open(name)
		require.NoError(t, err)
		r, err := intake.Open(f, intake.Options{})
		require.NoError(t, err)
		for {
			line, err := r.Next()
			if err != nil {
				break
			}
			if line.Err != nil {
				require.Contains(t, line.Err.Message, "is null", name)
				continue
			}
			rows++
			e, err := x.Extract(line.Raw)
			require.NoError(t, err)
			for _, i := range e.Indicators {
				counts[string(i.Type)]++
				values[i.Value] = i.Path
			}
			for _, i := range e.HeldBack {
				counts["-"+string(i.Guard)]++
			}
		}
		require.NoError(t, f.Close())
	}
	return rows, counts, values
}

func TestAttackSamplesGiveSensibleIndicators(t *testing.T) {
	t.Parallel()
	rows, counts, values := count(t, filepath.Join(shared(t), "sigma", "*", "event.json"))
	if rows != 113 {
		t.Skipf("another set of samples, with %d events: %v", rows, counts)
	}
	require.Equal(t, map[string]int{
		"file": 81, "hash": 254, "registry": 20, "url": 4,
		"-system_file": 137, "-own_host": 65, "-well_known_domain": 9, "-loopback_address": 2, "-reserved_name": 2, "-version_number": 2,
		"-private_address": 1, "-schema_field": 1,
	}, counts)
	for value, path := range map[string]string{
		"https://raw.githubusercontent.com/redcanaryco/atomic-red-team/refs/heads/master/atomics/T1047/bin/calc.dll": "Event.EventData.CommandLine",
		`C:\RECYCLERS.BIN\malware.exe`:                                     "Event.EventData.TargetFilename",
		`HKLM\SYSTEM\CurrentControlSet\Control\CI\Config`:                  "Event.EventData.CommandLine",
		"08b28258c2225574fe6359286b5d23b19f07bd39cee04b72ed5cf7a8b7fbf9f3": "Event.EventData.Hashes",
		`C:\Users\administrator.SIGEN.000\Ann` + "\u202e" + `gepj.exe`:     "Event.EventData.CommandLine",
	} {
		require.Equal(t, path, values[value], value)
	}
}

func TestRecordedVelociraptorRowsGiveSensibleIndicators(t *testing.T) {
	t.Parallel()
	rows, counts, _ := count(t, filepath.Join(shared(t), "velociraptor", "*.jsonl"))
	if rows != 84 {
		t.Skipf("other rows, %d of them: %v", rows, counts)
	}
	require.Equal(t, map[string]int{
		"hash": 15, "file": 2,
		"-empty_file_hash": 78, "-system_file": 28, "-code_name": 6, "-own_address": 3, "-well_known_domain": 2,
	}, counts)
}

func FuzzExtract(f *testing.F) {
	for _, s := range []string{
		`{"Hashes":"SHA1=` + sha1Hex + `","Image":"C:\\a\\b.exe","CommandLine":"\"C:\\a b\\c.exe\" http://x.ru/"}`,
		`{"Raddr":{"IP":"1.2.3.4"},"QueryName":"a.ru","TargetObject":"HKLM\\a","from":"a@b.ru","IMPHASH":"` + md5Hex + `"}`,
		`[[[{"Path":"\\\\srv\\x","url":"http://[::1]"}]]]`, `{"ip":"[::ffff:1.2.3.4%x]:80"}`,
	} {
		f.Add([]byte(s))
	}
	x := indicator.NewExtractor(indicator.Options{})
	f.Fuzz(func(t *testing.T, row []byte) {
		e, err := x.Extract(row)
		if err != nil {
			require.Equal(t, fault.Malformed, fault.KindOf(err))
			return
		}
		for _, i := range append(e.Indicators, e.HeldBack...) {
			in, err := indicator.Normalise(i.Type, i.Value)
			require.NoError(t, err, "%s %q", i.Type, i.Value)
			require.Equal(t, i.Key, in.Key)
		}
	})
}

func BenchmarkExtract(b *testing.B) {
	sysmon := `{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon","Guid":"5770385F-C22A-43E0-BF4C-06F5698FFBD9"}},"EventID":1,"TimeCreated":{"#attributes":{"SystemTime":"2025-12-10T04:47:28.250802Z"}},"EventRecordID":18580,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"win10.corp.local"},"EventData":{"UtcTime":"2025-12-10 04:47:28.224","ProcessGuid":"0197231E-FB60-6938-DD10-000000000800","ProcessId":8924,"Image":"C:\\Windows\\System32\\bitsadmin.exe","FileVersion":"7.8.26100.1 (WinBuild.160101.0800)","Description":"BITS administration utility","Product":"Microsoft Windows Operating System","Company":"Microsoft Corporation","OriginalFileName":"bitsadmin.exe","CommandLine":"bitsadmin  /transfer n https://raw.githubusercontent.com/x/y/calc.dll C:\\Users\\Public\\Music\\calc.dll","CurrentDirectory":"C:\\Users\\x\\AppData\\Local\\Temp\\","User":"swach\\xodih","LogonGuid":"0197231E-AB9F-67AA-FB17-030000000000","IntegrityLevel":"Medium","Hashes":"MD5=4FCFE1D61E6D962F06CE2B61FC11BC0F,SHA256=6FEB16602A2FD1158C6F7E56E3B05A5E9AC01E88089535978C890EC6954A5AFA,IMPHASH=44794EEDDEB70144ABA2F1483E762F30","ParentImage":"C:\\Windows\\System32\\cmd.exe","ParentCommandLine":"\"C:\\Windows\\system32\\cmd.exe\"","ParentUser":"swach\\xodih"}}}`
	for name, row := range map[string]string{
		"small":  `{"Pid":4711,"Name":"svchost.exe","Exe":"C:\\Windows\\System32\\svchost.exe","CommandLine":"svchost.exe -k netsvcs","Hash":{"SHA256":"` + sha2Hex + `"},"RemoteAddr":"45.83.64.11"}`,
		"sysmon": sysmon,
	} {
		b.Run(name, func(b *testing.B) {
			x := indicator.NewExtractor(indicator.Options{})
			b.ReportAllocs()
			b.SetBytes(int64(len(row)))
			for b.Loop() {
				if _, err := x.Extract(json.RawMessage(row)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
