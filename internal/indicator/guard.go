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
	var names []Guard
	for _, r := range reasons() {
		names = append(names, r.guard)
	}
	return names
}

// Why is the reason in a sentence; "" for no guard.
func (g Guard) Why() string {
	for _, r := range reasons() {
		if r.guard == g {
			return r.why
		}
	}
	return ""
}

type reason struct {
	guard Guard
	why   string
}

func reasons() []reason {
	return []reason{
		{PrivateAddress, "An address of a private network (RFC 1918, RFC 4193)."},
		{LoopbackAddress, "The machine itself (loopback)."},
		{LinkLocalAddress, "A link-local address, which means something on one network segment only."},
		{MulticastAddress, "A multicast address."},
		{BroadcastAddress, "The broadcast address."},
		{DocumentationAddress, "An address reserved for documentation (RFC 5737, RFC 3849)."},
		{SharedAddress, "An address that carriers share among customers (RFC 6598)."},
		{ReservedAddress, "A reserved address that nobody on the internet has."},
		{UnspecifiedAddress, "The unspecified address."},
		{PublicResolver, "A public DNS resolver, which every network talks to."},
		{OwnAddress, "The machine's own end of a connection."},
		{OwnHost, "The machine's own name."},
		{VersionNumber, "A version number that looks like an address."},
		{EmptyFileHash, "The hash of an empty file."},
		{PlaceholderHash, "A placeholder, not a hash."},
		{IdentifierField, "The field holds an identifier, not an indicator."},
		{CertificateField, "The field describes a certificate or a signature."},
		{SchemaField, "The field names the format of the row."},
		{ReservedName, "A name reserved for tests, documentation or local use (RFC 2606, RFC 6761)."},
		{InternalName, "No name of the internet's: its ending is not known there."},
		{PublicSuffix, "A suffix under which many register, not a domain of somebody's."},
		{WellKnownDomain, "A domain of a large provider, which every network talks to."},
		{FileName, "A file name that looks like a domain."},
		{CodeName, "A name from a program's code that looks like a domain."},
		{SystemFile, "A program of the operating system in its place."},
	}
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
