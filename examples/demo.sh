#!/usr/bin/env bash
# What `make demo` shows: generating, the drift gate, and one trace through two languages.
# Everything it writes, other than generated/ as it is committed, is in .demo/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The trace is to begin here, and to be written whatever the caller's settings are.
unset TRACEPARENT TRACESTATE OTEL_SDK_DISABLED OTEL_TRACES_SAMPLER TELEMETRY_FILE TELEMETRY_VALIDATE

step() {
	printf '\n== %s\n' "$*"
}

rm -rf .demo
mkdir .demo

step "this project: generate, then the drift gate"
swarmgen generate --quiet
swarmgen generate --check

step "a new project: a registry, generated in Python and bash, and its drift gate"
swarmgen init .demo/shop
swarmgen generate --project .demo/shop --check
swarmgen registry generate python .demo/shop_telemetry --registry .demo/shop/semconv --quiet
swarmgen registry generate bash .demo/shop_bash --registry .demo/shop/semconv --quiet
PYTHONPATH=.demo python -c 'import shop_telemetry.spans.checkout'
bash .demo/shop_bash/telemetry.sh --validate error \
	span emit checkout.pay checkout.order.id=A-1042 >.demo/shop.jsonl

step "one trace: Python starts bash, bash starts Python"
python examples/trace.py .demo

step "a swarm: two workers in Python and two in bash sum up every file of this project"
bash examples/swarm.sh . .demo/swarm

step "what was generated"
git ls-files -z generated | xargs -0 cat | wc -l |
	awk -v files="$(git ls-files generated | wc -l)" '{ print files " files, " $1 " lines" }'
printf '%s seconds\n' "$SECONDS"
