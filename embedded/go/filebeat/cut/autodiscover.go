// Package autodiscover: no discovery of containers.
package autodiscover
