// Package web holds the analyst's screen and hands its built files to the server.
//
// It owns the React application (src/), its build, and the question whether a
// binary carries it: Files answers with the built site when the binary was
// built with the tag webdist, and with one page that says how to build it
// otherwise. It refuses everything else: headers, caching, the nonce of the
// content security policy and the fall-back to index.html are the API's.
package web
