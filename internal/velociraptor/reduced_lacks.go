package velociraptor

// ReducedLacks are what the gateway can't do, by recipe, in words for people: "no way of …".
func ReducedLacks() map[string]string {
	return map[string]string{
		"query":     "running queries, as the action run_vql does",
		"rows":      "reading the rows of collections and hunts",
		"flows":     "listing an endpoint's collections",
		"label":     "setting and removing labels",
		"uploads":   "fetching uploaded files",
		"many":      "hunts on a list of hosts, a number of hosts or labels of this product's own",
		"isolation": "isolating hosts and releasing them: whether it came to pass could not be read",
		"callbacks": "installing the callback that tells of ends",
	}
}
