package indicator

import "strings"

// normalRegistry takes a key, with or without a value's name behind it, under any of its hives' names: HKLM, HKLM:,
// HKEY_LOCAL_MACHINE, Registry::HKEY_LOCAL_MACHINE, \REGISTRY\MACHINE, Computer\HKEY_LOCAL_MACHINE. The short name is
// kept; the Key is lower case, because Windows compares so.
func normalRegistry(value string) (Indicator, error) {
	value = strings.Trim(value, `"'`)
	value = collapse(strings.ReplaceAll(value, "/", `\`), '\\')
	hive, rest, ok := cutHive(value)
	if !ok {
		return Indicator{}, invalid("is no registry key: it doesn't begin with a hive such as HKLM")
	}
	rest = strings.Trim(rest, `\`)
	path := hive
	if rest != "" {
		path += `\` + rest
	}
	return Indicator{Subtype: strings.ToLower(hive), Value: path, Key: strings.ToLower(path)}, nil
}

// cutHive takes the hive off and names it by its short name.
func cutHive(value string) (hive, rest string, ok bool) {
	for _, prefix := range []string{`Microsoft.PowerShell.Core\Registry::`, "Registry::", `Computer\`} {
		value, _ = cutPrefixFold(value, prefix)
	}
	head, rest, _ := strings.Cut(value, `\`)
	if rest, ok := cutPrefixFold(value, `\REGISTRY\MACHINE`); ok && boundary(rest) {
		return "HKLM", rest, true
	}
	if rest, ok := cutPrefixFold(value, `\REGISTRY\USER`); ok && boundary(rest) {
		return "HKU", rest, true
	}
	if drive, below, ok := strings.Cut(head, ":"); ok { // PowerShell's HKLM:Software too
		head = drive
		if below != "" {
			rest = strings.TrimSuffix(below+`\`+rest, `\`)
		}
	}
	hive = hiveName(strings.ToUpper(head))
	return hive, rest, hive != ""
}

func boundary(rest string) bool { return rest == "" || rest[0] == '\\' }

// hiveName is the short name of a hive.
func hiveName(upper string) string {
	switch upper {
	case "HKLM", "HKEY_LOCAL_MACHINE", "HKLM64", "HKLM32":
		return "HKLM"
	case "HKCU", "HKEY_CURRENT_USER":
		return "HKCU"
	case "HKU", "HKEY_USERS":
		return "HKU"
	case "HKCR", "HKEY_CLASSES_ROOT":
		return "HKCR"
	case "HKCC", "HKEY_CURRENT_CONFIG":
		return "HKCC"
	}
	return ""
}
