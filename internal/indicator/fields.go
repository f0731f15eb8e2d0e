package indicator

// role is what a field holds, as its name tells.
type role uint8

const (
	text     role = iota // anything: it is scanned
	hashes               // a digest, or a list of them
	imphash              // the digest of an import table
	address              // an address, perhaps with a port
	domain               // a name that was looked up or connected to
	webURL               // a URL
	mail                 // an address of mail
	program              // the path of something that ran or was loaded
	written              // the path of something that was written, opened or found
	fileName             // a bare file name: no indicator by itself
	registry             // a registry key
	folder               // no indicator
	ownName              // the machine's own name
	ownAddr              // the machine's own address
	ident                // an identifier
	cert                 // of a certificate
	version              // a version
	schema               // of the row's format
	moment               // a time, a number, a kind: never an indicator
)

// held is the guard for whatever a field of a role holds; "" where the field says nothing against it.
func (r role) held() Guard {
	switch r {
	case ownName:
		return OwnHost
	case ownAddr:
		return OwnAddress
	case ident:
		return IdentifierField
	case cert:
		return CertificateField
	case version:
		return VersionNumber
	case schema:
		return SchemaField
	case text, hashes, imphash, address, domain, webURL, mail, program, written, fileName, registry, folder, moment:
	}
	return ""
}

// roleOf tells a field by its key and the one above it, both in lower case. The names are those of Velociraptor's
// artifacts, Sysmon and the Windows event log, the elastic common schema, and plain ones.
func roleOf(key, parent string) role {
	switch parent {
	case "authenticode", "certificate", "signer", "signature", "code_signature", "x509":
		return cert
	case "laddr":
		return ownAddr
	case "system":
		if key == "computer" {
			return ownName
		}
		return moment
	case "#attributes", "security", "execution", "correlation":
		return moment
	case "raddr":
		return address
	case "os_info", "agent_information":
		return ownName
	}
	if r := contentRole(key); r != text {
		return r
	}
	return contextRole(key)
}

// contentRole knows the fields that hold indicators.
func contentRole(key string) role {
	switch key {
	case "md5", "sha1", "sha256", "sha384", "sha512", "hash", "hashes", "filehash", "file_hash", "ssdeep", "tlsh", "configurationfilehash",
		"hashmd5", "hashsha1", "hashsha256", "md5hash", "sha1hash", "sha256hash", "file_sha256", "file_sha1", "file_md5":
		return hashes
	case "imphash", "imp_hash":
		return imphash
	case "remoteaddr", "remoteaddress", "remote_address", "remoteip", "remote_ip", "destinationip", "destination_ip", "dstip", "dst_ip",
		"dest_ip", "sourceip", "source_ip", "srcip", "src_ip", "ipaddress", "ip_address", "ip", "destaddress", "sourceaddress", "clientaddress",
		"client_address", "clientip", "client_ip", "raddr", "peeraddr", "address", "sourcenetworkaddress", "remotehost", "destination.ip":
		return address
	case "queryname", "query_name", "domain", "fqdn_remote", "destinationhostname", "destination_hostname", "dnsquery", "dns_query", "query",
		"remotehostname", "remote_hostname", "hostheader", "server_name", "sni", "question", "host_header", "domainname":
		return domain
	case "url", "uri", "download_url", "hosturl", "referrerurl", "referrer", "visited_url", "visitedurl", "remoteurl", "requesturl":
		return webURL
	case "email", "mail", "sender", "recipient", "from", "to", "emailaddress", "email_address", "returnpath":
		return mail
	case "image", "parentimage", "imageloaded", "sourceimage", "targetimage", "exe", "processname", "process name", "newprocessname",
		"parentprocessname", "imagepath", "process_path", "processpath", "parentexe", "binary", "executable", "callerprocessname", "application":
		return program
	case "targetfilename", "ospath", "fullpath", "filepath", "file_path", "path", "abspathexecutable", "servicedll", "pathname", "filename_path",
		"targetpath", "absolutepath", "serviceexe", "imagefilepath", "file", "linktarget", "_link", "servicefilename", "module", "modulepath":
		return written
	case "targetobject", "keypath", "key_path", "registrykey", "registry_key", "regkey", "objectname", "_keypath":
		return registry
	}
	return text
}

// contextRole knows the fields that hold what only looks like indicators.
func contextRole(key string) role {
	switch key {
	case "originalfilename", "filename", "file_name", "name", "basename", "internalname", "product", "company", "description", "user",
		"username", "parentuser", "sourceuser", "targetuser", "shell", "signature", "publisher", "legalcopyright":
		return fileName
	case "currentdirectory", "workingdirectory", "cwd", "directory", "dir", "homedir", "home":
		return folder
	case "computer", "computername", "hostname", "fqdn", "machinename", "host", "workstation", "workstationname", "host_name", "machine":
		return ownName
	case "laddr", "localaddr", "localaddress", "local_address", "localip", "last_ip", "local_ip":
		return ownAddr
	case "clientid", "client_id", "flowid", "flow_id", "huntid", "hunt_id", "session_id", "processguid", "parentprocessguid", "logonguid",
		"sourceprocessguid", "targetprocessguid", "guid", "uuid", "activityid", "relatedactivityid", "providerguid", "containerid",
		"container_id", "machineid", "machine_id", "objectguid", "logonid", "serialnumber", "serial_number", "deviceid", "volumeid", "sid",
		"processuniqueid", "etag", "commit", "boot_id", "targetlogonguid", "detection id", "build_id", "buildid", "invocationid", "_id", "id",
		"trace_id", "span_id", "last_interrogate_flow_id":
		return ident
	case "thumbprint", "certthumbprint", "cert_thumbprint", "fingerprint", "certificate", "issuer", "issuername", "subject", "subjectname",
		"subjectkeyid", "authoritykeyid", "certificatehash", "certhash", "certhashvalue", "ja3", "ja3s", "ja3_hash", "pehash", "authentihash":
		return cert
	case "version", "fileversion", "productversion", "engine version", "product version", "security intelligence version", "file_version",
		"osversion", "os_version", "release", "build", "schemaversion", "agent_version", "buildnumber", "kernel", "currentversion":
		return version
	case "xmlns", "$schema", "schema", "@context", "fwlink", "helplink":
		return schema
	case "utctime", "creationutctime", "systemtime", "timecreated", "timestamp", "mtime", "atime", "ctime", "btime", "createtime", "starttime",
		"eventtime", "keywords", "level", "task", "opcode", "channel", "eventid", "eventrecordid", "integritylevel", "eventtype", "rulename",
		"protocol", "status", "state", "severity", "mode", "pid", "ppid", "uid", "gid", "port", "size", "family", "type", "previouscreationutctime":
		return moment
	}
	return text
}
