package velociraptor

// ReducedLacks are what the gateway can't do, by recipe, in words for people.
func ReducedLacks() map[string]string {
	return map[string]string{
		"query":     "queries of one's own, and with them the action run_vql",
		"rows":      "reading rows in pieces that a restart survives: results come a table at a time",
		"label":     "setting and removing labels",
		"uploads":   "fetching uploaded files",
		"callbacks": "installing the callback that tells of ends",
		"orgs":      "seeing which orgs there are",
		"find_hunt": "finding a hunt of ours again after a crash in the moment of its start",
	}
}
