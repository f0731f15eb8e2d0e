package indicator

// Guard is why something that looks like an indicator is held back.
type Guard string

// The guards.
const (
	PrivateAddress       Guard = "private_address"
	LoopbackAddress      Guard = "loopback_address"
	LinkLocalAddress     Guard = "link_local_address"
	MulticastAddress     Guard = "multicast_address"
	BroadcastAddress     Guard = "broadcast_address"
	DocumentationAddress Guard = "documentation_address"
	SharedAddress        Guard = "shared_address"
	ReservedAddress      Guard = "reserved_address"
	UnspecifiedAddress   Guard = "unspecified_address"
	PublicResolver       Guard = "public_resolver"
	OwnAddress           Guard = "own_address"
	OwnHost              Guard = "own_host"
	VersionNumber        Guard = "version_number"
	EmptyFileHash        Guard = "empty_file_hash"
	PlaceholderHash      Guard = "placeholder_hash"
	IdentifierField      Guard = "identifier_field"
	CertificateField     Guard = "certificate_field"
	SchemaField          Guard = "schema_field"
	ReservedName         Guard = "reserved_name"
	InternalName         Guard = "internal_name"
	PublicSuffix         Guard = "public_suffix"
	WellKnownDomain      Guard = "well_known_domain"
	FileName             Guard = "file_name"
	CodeName             Guard = "code_name"
	SystemFile           Guard = "system_file"
)

// Guards lists the guards, in the order in which a screen may show them.
func Guards() []Guard {
	return []Guard{
		PrivateAddress, LoopbackAddress, LinkLocalAddress, MulticastAddress, BroadcastAddress, DocumentationAddress, SharedAddress,
		ReservedAddress, UnspecifiedAddress, PublicResolver, OwnAddress, OwnHost, VersionNumber, EmptyFileHash, PlaceholderHash,
		IdentifierField, CertificateField, SchemaField, ReservedName, InternalName, PublicSuffix, WellKnownDomain, FileName, CodeName,
		SystemFile,
	}
}

// Why is the reason in a sentence; "" for no guard.
func (g Guard) Why() string {
	switch g {
	case PrivateAddress:
		return "An address of a private network (RFC 1918, RFC 4193)."
	case LoopbackAddress:
		return "The machine itself (loopback)."
	case LinkLocalAddress:
		return "A link-local address, which means something on one network segment only."
	case MulticastAddress:
		return "A multicast address."
	case BroadcastAddress:
		return "The broadcast address."
	case DocumentationAddress:
		return "An address reserved for documentation (RFC 5737, RFC 3849)."
	case SharedAddress:
		return "An address that carriers share among customers (RFC 6598)."
	case ReservedAddress:
		return "A reserved address that nobody on the internet has."
	case UnspecifiedAddress:
		return "The unspecified address."
	case PublicResolver:
		return "A public DNS resolver, which every network talks to."
	case OwnAddress:
		return "The machine's own end of a connection."
	case OwnHost:
		return "The machine's own name."
	case VersionNumber:
		return "A version number that looks like an address."
	case EmptyFileHash:
		return "The hash of an empty file."
	case PlaceholderHash:
		return "A placeholder, not a hash."
	case IdentifierField:
		return "The field holds an identifier, not an indicator."
	case CertificateField:
		return "The field describes a certificate or a signature."
	case SchemaField:
		return "The field names the format of the row."
	case ReservedName:
		return "A name reserved for tests, documentation or local use (RFC 2606, RFC 6761)."
	case InternalName:
		return "No name of the internet's: its ending is not known there."
	case PublicSuffix:
		return "A suffix under which many register, not a domain of somebody's."
	case WellKnownDomain:
		return "A domain of a large provider, which every network talks to."
	case FileName:
		return "A file name that looks like a domain."
	case CodeName:
		return "A name from a program's code that looks like a domain."
	case SystemFile:
		return "A program of the operating system in its place."
	}
	return ""
}

// worth says whether a value in canonical form is worth keeping, by itself and without knowing where it stood.
func worth(in Indicator) Guard {
	switch in.Type {
	case Hash:
		return hashGuard(in)
	case IP:
		return networkGuard(in.Value)
	case Domain:
		return domainGuard(in.Value)
	case Email:
		return emailGuard(in.Value)
	case URL:
		return urlGuard(in.Value)
	case File, Registry, Other:
	}
	return ""
}
