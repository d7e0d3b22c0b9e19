// Package v1: the API without its own description at /openapi.yaml, which is a third of what has to be compiled.
package v1

import (
	"log/slog"
	"net/http"
)

// OpenAPIOptions is what the description would be made from.
type OpenAPIOptions struct {
	IncludePaths   []string
	ExternalURL    string
	Version        string
	MaxSearchLimit int
}

// OpenAPIBuilder makes no description.
type OpenAPIBuilder struct{}

// NewOpenAPIBuilder is called once.
func NewOpenAPIBuilder(OpenAPIOptions, *slog.Logger) *OpenAPIBuilder { return &OpenAPIBuilder{} }

// ServeOpenAPI answers that there is none.
func (*OpenAPIBuilder) ServeOpenAPI(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }

// WrapHandler changes nothing, as in Prometheus itself.
func (*OpenAPIBuilder) WrapHandler(next http.HandlerFunc) http.HandlerFunc { return next }
