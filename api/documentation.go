package api

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/swaggest/swgui/v5/static"

	"github.com/velocicompanion/velocicompanion/internal/clock"
	"github.com/velocicompanion/velocicompanion/internal/fault"
)

// assets holds ReDoc's bundle; Swagger UI's comes with its module. Nothing is fetched from elsewhere.
//
//go:embed assets
var assets embed.FS

const swaggerPage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>VelociCompanion API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css"></head>
<body><div id="ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script nonce="` + nonceMark + `">
SwaggerUIBundle({url: '/openapi.json', dom_id: '#ui', deepLinking: true, persistAuthorization: false, validatorUrl: null})
</script></body></html>`

const redocPage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>VelociCompanion API</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style nonce="` + nonceMark + `">body { margin: 0 }</style></head>
<body><redoc spec-url="/openapi.json" hide-loading disable-search></redoc>
<script src="/docs/assets/redoc.standalone.js"></script></body></html>`

// documentationRoutes serves the document and its two readers. They are no operations of the product, so the document
// doesn't list them.
func (a *API) documentationRoutes() {
	a.engine.GET("/openapi.json", a.documentAs("application/openapi+json", func() ([]byte, error) { return json.Marshal(a.OpenAPI()) }))
	a.engine.GET("/openapi.yaml", a.documentAs("application/openapi+yaml", func() ([]byte, error) { return a.OpenAPI().YAML() }))
	a.engine.GET("/docs", docPage(swaggerPage))
	a.engine.GET("/redoc", docPage(redocPage))
	a.engine.GET("/docs/assets/:name", a.docAsset)
}

func (a *API) documentAs(kind string, marshal func() ([]byte, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		b, err := marshal()
		if err != nil {
			a.plainProblem(c, err)
			return
		}
		c.Header("Cache-Control", "no-cache")
		c.Data(http.StatusOK, kind, b)
	}
}

// docPage answers a reader of the document. Both readers write style elements, so styles can't be under a nonce.
func docPage(page string) gin.HandlerFunc {
	return func(c *gin.Context) {
		nonce := clock.Token(18)
		c.Header("Content-Security-Policy", "default-src 'self'; script-src 'self' 'nonce-"+nonce+
			"'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src blob:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'")
		c.Header("Cache-Control", "no-cache")
		c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(strings.ReplaceAll(page, nonceMark, nonce)))
	}
}

// docAsset serves the readers' files, which are kept compressed; who doesn't take gzip is out of luck, as none is.
func (a *API) docAsset(c *gin.Context) {
	name := c.Param("name")
	var files fs.FS = static.FS
	kept := name + ".gz"
	if strings.HasPrefix(name, "redoc.") {
		files, kept = assets, "assets/"+kept
	}
	b, err := fs.ReadFile(files, kept)
	if err != nil {
		a.plainProblem(c, fault.New(fault.NotFound, "there is nothing at this path"))
		return
	}
	kind := "text/javascript; charset=utf-8"
	if path.Ext(name) == ".css" {
		kind = "text/css; charset=utf-8"
	}
	c.Header("Content-Encoding", "gzip")
	c.Header("Cache-Control", "public, max-age=86400")
	c.Data(http.StatusOK, kind, b)
}

// rootDoc describes GET / in the document.
func rootDoc(ho *huma.Operation) {
	ho.Responses["200"] = &huma.Response{
		Description: "Name and version, or the screen",
		Content: map[string]*huma.MediaType{
			jsonType: {Schema: &huma.Schema{Type: "object", Properties: map[string]*huma.Schema{
				"name": {Type: "string"}, "version": {Type: "string"},
			}}},
			"text/html": {},
		},
	}
}
