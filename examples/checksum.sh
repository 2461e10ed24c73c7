#!/usr/bin/env bash
# A worker in bash: takes one file after another from the swarm and sums it up.
# Usage: checksum.sh SWARM LOG. Each line of LOG is number, attempt, sum, file.
set -euo pipefail
# shellcheck source=/dev/null
. "${BASH_SOURCE[0]%/*}/../generated/bash/swarmsh"

swarmsh_open "$1"
exec 9>"$2"
handle='' number='' attempt='' file=''
swarmsh_register handle bash
claim=(swarmsh_claim number attempt "$handle" 300s 30s)
while "${claim[@]}"; do
	swarmsh_title file "$number"
	for program in md5sum sha256sum sha512sum; do
		digest=$("$program" -- "$file")
		digest=${digest%% *}
		printf '%s %s %s %s\n' "$number" "$attempt" "$digest" "$file" >&9
	done
	claim=(swarmsh_complete_and_claim number attempt "$number" "$attempt" "$handle" "$digest")
done
swarmsh_leave "$handle"
