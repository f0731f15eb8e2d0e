package velociraptor

// ReducedLacks are what the gateway can't do, by recipe, in words for people: "no way of …".
func ReducedLacks() map[string]string {
	return map[string]string{
		"query":     "running queries, as the action run_vql does",
		"rows":      "reading the rows of collections and hunts",
		"flows":     "listing an endpoint's collections",
		"label":     "setting and removing labels",
		"uploads":   "fetching uploaded files",
		"callbacks": "installing the callback that tells of ends",
	}
}
