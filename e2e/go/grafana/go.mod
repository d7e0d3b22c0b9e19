// Pins what e2e/src/monitoring/grafana-build.ts builds: the backend of Grafana, of which the Go module is a snapshot of
// 10.0 in the making, and the tool that generates a part of it. Nothing is built in this module itself.
module tidb-cdc/grafana

go 1.24.0

require (
	github.com/google/wire v0.7.0
	github.com/grafana/grafana v1.9.2-0.20230609164553-81d85ce8028d
)
