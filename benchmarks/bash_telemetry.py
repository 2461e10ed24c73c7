"""What one call of a generated bash function costs, beside a bare printf of the same line.

`bash_telemetry.py [REGISTRY]` (default: this project's) generates the script, sources it in
one bash process and prints medians in microseconds. Each call appends one line to a file.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from swarmgen.forge import render_target
from swarmgen.output.tree import write
from swarmgen.registry import RegistryOptions, resolve_registry

ROOT = Path(__file__).resolve().parents[1]

# Times each call of "$@" with the microseconds clock, and prints the median; the first
# hundred calls only warm up what the script remembers.
MEASURE = """
measure() {
	local label=$1 i before
	shift
	local -a times=()
	for ((i = 0; i < ${CALLS}; i++)); do
		before=${EPOCHREALTIME/./}
		"$@"
		times[i]=$((${EPOCHREALTIME/./} - before))
	done
	printf '%s\\t%s\\n' "$label" "$(printf '%s\\n' "${times[@]:100}" | sort -n |
		awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }')"
}
bare() { printf '%s\\n' "$line" >>"$TELEMETRY_FILE"; }
both() { telemetry_span_start "$@" && telemetry_span_end; }
last() { IFS= read -r line < <(tail -n 1 "$TELEMETRY_FILE"); }
"""


def sample(item: dict[str, Any]) -> list[str]:
    """KEY=VALUE of each required attribute."""
    values = {"int": "1", "double": "0.5", "boolean": "true"}
    pairs = []
    for a in item["attributes"]:
        if a["requirement_level"] == "required":
            kind = a["type"]
            value = values.get(kind, "x") if isinstance(kind, str) else ""
            pairs.append(f"{a['key']}={value or kind['members'][0]['value']}")
    return pairs


def words(*arguments: str) -> str:
    return " ".join("'" + a.replace("'", "'\\''") + "'" for a in arguments)


def program(registry: dict[str, Any], script: Path) -> str:
    """The bash code that measures one span, one metric and one event of the registry."""
    current = {
        kind: [item for item in registry[kind] if not item.get("deprecated")]
        for kind in ("spans", "metrics", "events")
    }
    span, event = current["spans"][0], current["events"][0]
    metric = next(m for m in current["metrics"] if "counter" in m["instrument"])
    calls = {
        "span start and end": ("both", span["type"], *sample(span)),
        "metric add": ("telemetry_metric_add", metric["name"], "1", *sample(metric)),
        "event emit": ("telemetry_event_emit", event["name"], *sample(event)),
    }
    lines = [f"source {words(str(script))}", MEASURE, "measure nothing :"]
    for label, call in calls.items():
        lines += [f"measure {words(label)} {words(*call)}", "last"]
        lines.append(f"measure {words('printf of that line')} bare")
    return "\n".join(lines)


def main() -> None:
    path = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "semconv")
    context: Any = resolve_registry(RegistryOptions(path, v2=True)).context(v2=True)
    with tempfile.TemporaryDirectory() as folder:
        rendering = render_target(ROOT / "templates/registry/bash", context, {})
        write(rendering.files, Path(folder))
        script = Path(folder) / "telemetry.sh"
        output = subprocess.run(
            ["bash", "-c", program(context["registry"], script)],
            env={"CALLS": "1100", "TELEMETRY_FILE": str(Path(folder) / "out.jsonl")},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout
    print(f"microseconds per call, median of 1000; {path}")
    for line in output.splitlines():
        label, median = line.split("\t")
        print(f"{label:<22} {int(median):>6}")


if __name__ == "__main__":
    main()
