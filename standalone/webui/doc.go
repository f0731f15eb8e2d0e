// Package webui serves the Temporal Web UI on loopback, for the API to proxy under /temporal. It owns how the UI is set
// up: reading only, payloads decoded by the product's codec. It refuses to be reached by browsers directly and knows no
// users: who may see what is the proxy's business.
package webui
