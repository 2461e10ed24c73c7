#!/usr/bin/env bash
# One item of work as a span around a command: bash functions that swarmgen generated.
# Usage: worker.sh COMMAND [ARGUMENT]...   ($TRACEPARENT names the span to continue)
set -euo pipefail
generated=$(dirname "${BASH_SOURCE[0]}")/../generated/bash
# shellcheck source=generated/bash/constants.sh
source "$generated/constants.sh"
# shellcheck source=generated/bash/telemetry.sh
source "$generated/telemetry.sh"

title='write the changelog'
telemetry_span_run "$TELEMETRY_SPAN_SWARMSH_WORK_PROCESSING" --name "process $title" \
	"$TELEMETRY_ATTR_SWARMSH_AGENT_HANDLE=writer@1.5f2a" \
	"$TELEMETRY_ATTR_SWARMSH_WORK_NUMBER=7" \
	"$TELEMETRY_ATTR_SWARMSH_WORK_ATTEMPT=1" \
	"$TELEMETRY_ATTR_SWARMSH_WORK_TITLE=$title" \
	-- "$@"
