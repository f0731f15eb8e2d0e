package indicator

// vendor knows the domains under which only their owner publishes: neither they nor addresses below them are indicators.
func vendor(name string) bool {
	switch name {
	case "microsoft.com", "windows.com", "windowsupdate.com", "msftconnecttest.com", "msftncsi.com", "msedge.net", "msn.com",
		"bing.com", "microsoftonline.com", "office.com", "office365.com", "office.net", "live.net", "s-microsoft.com", "aka.ms",
		"digicert.com", "verisign.com", "symantec.com", "symcb.com", "globalsign.com", "globalsign.net", "sectigo.com",
		"comodoca.com", "usertrust.com", "entrust.net", "thawte.com", "geotrust.com", "letsencrypt.org", "lencr.org",
		"godaddy.com", "identrust.com", "amazontrust.com", "pki.goog", "gstatic.com", "googleupdate.com", "gvt1.com",
		"mozilla.org", "mozilla.com", "mozilla.net", "firefox.com", "apple.com", "ubuntu.com", "debian.org", "redhat.com",
		"fedoraproject.org", "centos.org", "w3.org", "xmlsoap.org", "openxmlformats.org", "adobe.com", "oracle.com",
		"java.com", "intel.com", "nvidia.com", "vmware.com", "ntp.org", "curl.se", "openssl.org", "velocidex.com":
		return true
	}
	return false
}

// hosting knows the domains under which anybody publishes: by themselves they tell nothing, an address below them may.
func hosting(name string) bool {
	switch name {
	case "google.com", "googleapis.com", "github.com", "githubusercontent.com", "raw.githubusercontent.com", "objects.githubusercontent.com", "gist.githubusercontent.com", "avatars.githubusercontent.com",
		"gitlab.com", "bitbucket.org", "live.com",
		"outlook.com", "hotmail.com", "gmail.com", "googlemail.com", "yahoo.com", "icloud.com", "sharepoint.com",
		"onedrive.com", "dropbox.com", "dropboxusercontent.com", "box.com", "amazonaws.com", "amazon.com", "azure.com",
		"windows.net", "cloudfront.net", "akamai.net", "akamaized.net", "akamaihd.net", "akamaiedge.net", "fastly.net",
		"cloudflare.com", "youtube.com", "facebook.com", "twitter.com", "x.com", "linkedin.com", "instagram.com",
		"wikipedia.org", "stackoverflow.com", "reddit.com", "pypi.org", "npmjs.com", "npmjs.org", "nuget.org",
		"docker.com", "docker.io", "discord.com", "discordapp.com", "slack.com", "telegram.org", "t.me", "bit.ly":
		return true
	}
	return false
}
