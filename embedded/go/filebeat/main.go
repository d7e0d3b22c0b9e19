// Filebeat with the one input that the event log needs. Elastic's own program has every input, processor and output,
// with Kubernetes's, Amazon's and Azure's clients behind them: five sixths of what has to be compiled. overlay.json
// leaves those out of Elastic's packages, all else is as Elastic wrote it.
package main

import (
	"os"

	"github.com/elastic/beats/v7/filebeat/cmd"
	"github.com/elastic/beats/v7/filebeat/input/filestream"
	v2 "github.com/elastic/beats/v7/filebeat/input/v2"
	"github.com/elastic/beats/v7/libbeat/beat"
	"github.com/elastic/beats/v7/libbeat/statestore"
	"github.com/elastic/elastic-agent-libs/logp"
	"github.com/elastic/elastic-agent-libs/paths"
)

func inputs(_ beat.Info, log *logp.Logger, states statestore.States, _ *paths.Path) []v2.Plugin {
	return []v2.Plugin{filestream.Plugin(log, states)}
}

func main() {
	if err := cmd.Filebeat(inputs, cmd.FilebeatSettings("")).Execute(); err != nil {
		os.Exit(1)
	}
}
