package indicator

import "strings"

// fileEnding knows the endings of programs, scripts, documents and logs. The name is lower case.
func fileEnding(name string) bool {
	i := strings.LastIndexByte(name, '.')
	if i <= 0 && !strings.HasPrefix(name, ".") {
		return false
	}
	return programEnding(name[i+1:]) || documentEnding(name[i+1:])
}

func programEnding(ext string) bool {
	switch ext {
	case "exe", "dll", "sys", "com", "bat", "cmd", "ps1", "psm1", "psd1", "vbs", "vbe", "js", "jse", "wsf", "wsh", "hta", "scr",
		"cpl", "msi", "msp", "mst", "msc", "pif", "lnk", "jar", "class", "sh", "py", "pyc", "pl", "rb", "php", "asp", "aspx", "jsp",
		"elf", "so", "ko", "dylib", "bin", "drv", "ocx", "efi", "node", "apk", "ipa", "dmg", "pkg", "deb", "rpm", "run", "out",
		"appx", "msix", "application", "gadget", "reg", "inf", "sct", "chm", "hlp", "xll", "wll", "mde", "ade", "xbap", "iso", "img",
		"vhd", "vhdx", "one", "url", "website", "scf", "library-ms", "settingcontent-ms", "go", "rs", "c", "h", "cpp", "cs", "lua":
		return true
	}
	return false
}

func documentEnding(ext string) bool {
	switch ext {
	case "txt", "log", "doc", "docx", "docm", "dot", "dotm", "dotx", "xls", "xlsx", "xlsm", "xlsb", "xlt", "xltm", "xlam", "ppt",
		"pptx", "pptm", "ppsx", "pdf", "rtf", "csv", "tsv", "xml", "json", "yaml", "yml", "ini", "cfg", "conf", "config", "dat", "db",
		"sqlite", "bak", "tmp", "temp", "old", "zip", "rar", "7z", "gz", "tgz", "bz2", "xz", "tar", "cab", "ace", "arj", "png", "jpg",
		"jpeg", "gif", "bmp", "ico", "svg", "mp3", "mp4", "avi", "mov", "htm", "html", "mht", "css", "eml", "msg", "pst", "ost", "dmp",
		"mdmp", "evtx", "evt", "etl", "pcap", "pcapng", "raw", "vmem", "pf", "hve", "dit", "key", "pem", "crt", "cer", "der", "pfx",
		"p12", "md", "sdb", "xsl", "xsd", "resx", "res", "pdb", "map", "lock", "pid", "cache", "part", "crdownload", "ttf", "woff",
		"service", "timer", "socket", "plist", "desktop", "manifest", "mui", "cat", "nls", "tlb", "ax", "acm", "yar", "yara", "ps":
		return true
	}
	return false
}

// ambiguousEnding knows the endings that are a registry's suffix and, more often, a file's. The name is lower case.
func ambiguousEnding(name string) bool {
	switch name[strings.LastIndexByte(name, '.')+1:] {
	case "zip", "mov", "sh", "py", "md", "ps", "so", "cat", "map", "java":
		return true
	}
	return false
}

// dosProgram knows the programs of Windows that end in .com.
func dosProgram(name string) bool {
	switch name {
	case "chcp.com", "command.com", "diskcomp.com", "diskcopy.com", "edit.com", "format.com", "graftabl.com", "kb16.com",
		"loadfix.com", "mode.com", "more.com", "tree.com", "win.com":
		return true
	}
	return false
}
