package indicator

import "strings"

// normalFile takes a path or a file's name. Of a Windows path the slashes are turned, doubled ones and quotes go, \\?\ and
// \\.\ prefixes too, the drive is upper case and . and .. are resolved; its Key is lower case, because Windows compares so.
func normalFile(value string) (Indicator, error) {
	value = strings.Trim(value, `"'`)
	if rest, ok := cutPrefixFold(value, "file://"); ok {
		value = fileURLPath(rest)
	}
	if strings.TrimSpace(value) == "" {
		return Indicator{}, invalid("is no file: nothing is between the quotes")
	}
	if isWindowsPath(value) {
		return windowsPath(value)
	}
	if strings.HasPrefix(value, "/") {
		path := withoutDots(collapse(value, '/'))
		if path == "/" {
			return Indicator{}, invalid("is no file but the root of all")
		}
		return Indicator{Subtype: "unix_path", Value: path}, nil
	}
	if strings.Contains(value, "/") {
		return Indicator{Subtype: "unix_path", Value: collapse(value, '/')}, nil
	}
	return Indicator{Subtype: "name", Value: value, Key: strings.ToLower(value)}, nil
}

// fileURLPath is the path of what follows file://.
func fileURLPath(rest string) string {
	if plain, ok := unescape(rest); ok {
		rest = plain
	}
	if trimmed := strings.TrimPrefix(rest, "/"); hasDrive(trimmed) {
		return trimmed
	}
	if rest != "" && rest[0] != '/' && !hasDrive(rest) {
		return `\\` + rest
	}
	return rest
}

func hasDrive(s string) bool {
	return len(s) >= 2 && s[1] == ':' && (s[0] >= 'A' && s[0] <= 'Z' || s[0] >= 'a' && s[0] <= 'z') &&
		(len(s) == 2 || s[2] == '\\' || s[2] == '/')
}

// isWindowsPath knows C:\…, C:/…, \\server\…, \Device\…, %VAR%\… and relative paths with backslashes.
func isWindowsPath(s string) bool { return hasDrive(s) || strings.Contains(s, `\`) }

func windowsPath(value string) (Indicator, error) {
	path := strings.ReplaceAll(value, "/", `\`)
	unc := strings.HasPrefix(path, `\\`) && !strings.HasPrefix(path, `\\\\?`)
	path = collapse(path, '\\')
	if unc {
		path = `\` + path
	}
	for _, prefix := range []string{`\\?\UNC\`, `\??\UNC\`} {
		if rest, ok := cutPrefixFold(path, prefix); ok {
			path = `\\` + rest
		}
	}
	for _, prefix := range []string{`\\?\`, `\\.\`, `\??\`} {
		if rest, ok := strings.CutPrefix(path, prefix); ok && hasDrive(rest) {
			path = rest
		}
	}
	path = resolveWindows(path)
	if hasDrive(path) {
		path = strings.ToUpper(path[:1]) + path[1:]
		if len(path) <= 3 {
			return Indicator{}, invalid("is no file but a drive")
		}
	}
	if strings.Trim(path, `\.`) == "" {
		return Indicator{}, invalid("is no file: it has no name")
	}
	return Indicator{Subtype: "windows_path", Value: path, Key: strings.ToLower(path)}, nil
}

// resolveWindows takes . and .. out of a path.
func resolveWindows(path string) string {
	if !strings.Contains(path, `\.`) {
		return path
	}
	var out []string
	floor := 1
	if strings.HasPrefix(path, `\\`) {
		floor = 4 // two empty parts, server, share
	}
	for i, p := range strings.Split(path, `\`) {
		switch {
		case p == "." && i > 0 && (i != 2 || floor != 4):
		case p == ".." && i > 0:
			if len(out) > floor {
				out = out[:len(out)-1]
			}
		default:
			out = append(out, p)
		}
	}
	return strings.Join(out, `\`)
}

// collapse makes one of many separators.
func collapse(s string, sep byte) string {
	double := string([]byte{sep, sep})
	if !strings.Contains(s, double) {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i] != sep || i == 0 || s[i-1] != sep {
			b = append(b, s[i])
		}
	}
	return string(b)
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// systemFile says whether a path is where an operating system keeps its own programs. Key is the canonical key.
func systemFile(key string) bool {
	if len(key) > 2 && key[1] == ':' {
		key = key[2:]
	}
	for _, prefix := range []string{
		`\windows\system32\`, `\windows\syswow64\`, `\windows\winsxs\`, `\windows\servicing\`, `\windows\systemapps\`,
		`\windows\microsoft.net\`, `\windows\immersivecontrolpanel\`, `\windows\uus\`, `\programdata\microsoft\windows defender\platform\`,
		`\program files\windows defender\`, `\program files\windowsapps\`, `\systemroot\system32\`, `%systemroot%\system32\`,
		"/bin/", "/sbin/", "/lib/", "/lib64/", "/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/lib64/", "/usr/libexec/", "/usr/share/",
		"/proc/", "/sys/", "/dev/", "/run/", "/snap/", "/system/library/", "/library/apple/",
	} {
		if strings.HasPrefix(key, prefix) && !writableBelow(key) {
			return true
		}
	}
	switch key {
	case `\windows\explorer.exe`, `\windows\regedit.exe`, `\windows\notepad.exe`, `\windows\hh.exe`, `\windows\splwow64.exe`, "system", "registry":
		return true
	}
	return false
}

// writableBelow knows the places below the system's folders where others may write, and malware does.
func writableBelow(key string) bool {
	for _, place := range []string{
		`\windows\system32\spool\drivers\color\`, `\windows\system32\tasks\`, `\windows\system32\microsoft\crypto\rsa\machinekeys\`,
		`\windows\system32\com\dmp\`, `\windows\syswow64\tasks\`, `\windows\syswow64\com\dmp\`, "/dev/shm/", "/run/shm/", "/run/user/",
	} {
		if strings.HasPrefix(key, place) {
			return true
		}
	}
	return false
}
