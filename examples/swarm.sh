#!/usr/bin/env bash
# Two workers in Python and two in bash share real work: three checksums of every file of a tree.
# Usage: swarm.sh TREE FOLDER, where FOLDER is made. Exits with 1 when a file was lost or done twice.
set -euo pipefail
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
tree=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)

swarmsh init "$folder/swarm" >/dev/null
cd "$tree"
for program in md5sum sha256sum sha512sum; do
	git ls-files -z | xargs -0 "$program"
done | sort >"$folder/expected"

pids=()
for number in 1 2; do
	python "$here/checksum.py" "$folder/swarm" "$folder/python-$number.log" &
	pids+=($!)
	bash "$here/checksum.sh" "$folder/swarm" "$folder/bash-$number.log" &
	pids+=($!)
done
until [[ $(swarmsh --home "$folder/swarm" agent list | wc -l) -eq 4 ]]; do
	sleep 0.1
done
git ls-files | awk '{ gsub(/[\\"]/, "\\\\&"); print "{\"title\":\"" $0 "\"}" }' |
	swarmsh --home "$folder/swarm" work add --from - >/dev/null
for pid in "${pids[@]}"; do
	wait "$pid"
done

wc -l "$folder"/*.log | awk -v root="$folder/" '{ sub(root, ""); printf "%-14s %5d files\n", $2, $1 / 3 }'
cat "$folder"/*.log | sed -E 's/^[0-9]+ [0-9]+ ([0-9a-f]+) /\1  /' | sort >"$folder/done"
lost=$(comm -23 "$folder/expected" "$folder/done" | wc -l)
double=$(cut -d ' ' -f 1,3 "$folder"/*.log | sort | uniq -d | wc -l)
printf '%s lost, %s double\n' "$lost" "$double"
cmp "$folder/expected" "$folder/done"
swarmsh --home "$folder/swarm" journal verify
