#!/bin/bash
# What the official image's entrypoint does with ELASTIC_PASSWORD, then Elasticsearch.
set -euo pipefail
cd /usr/share/elasticsearch
[ "$1" = eswrapper ] || { echo "unexpected command: $1" >&2; exit 1; }
[ -f config/elasticsearch.keystore ] || bin/elasticsearch-keystore create
if ! bin/elasticsearch-keystore list | grep -q '^bootstrap.password$'; then
  printf %s "$ELASTIC_PASSWORD" | bin/elasticsearch-keystore add -x bootstrap.password
fi
exec bin/elasticsearch
