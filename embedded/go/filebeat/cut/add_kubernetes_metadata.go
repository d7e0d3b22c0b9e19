// Package add_kubernetes_metadata: no metadata of pods.
package add_kubernetes_metadata
