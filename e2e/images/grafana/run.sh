#!/bin/bash
# What the official image starts Grafana with.
cd /usr/share/grafana
exec bin/grafana server --homepath=/usr/share/grafana --packaging=docker cfg:default.log.mode=console \
  cfg:default.paths.data=/var/lib/grafana cfg:default.paths.logs=/var/log/grafana \
  cfg:default.paths.plugins=/var/lib/grafana/plugins cfg:default.paths.provisioning="$GF_PATHS_PROVISIONING"
