"""How long generating takes, and what it needs: ``make bench``.

Prints medians of whole processes and their largest resident size (children included,
each by itself) for our registry and, if it is there, OpenTelemetry's official one: cold
(no cache), warm, and with one file edited. With ``--templates`` (Weaver templates that
hold a target ``semantic-conventions`` style folder named by ``--target``) and ``$WEAVER``
(its binary) both tools render the same templates in turns, and ratios are printed.
What can't be measured here is said so.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
OFFICIAL = CHECKOUT.parent / "shared/registries/otel-semconv-1.44.0/model"
SWARMGEN = [sys.executable, "-m", "swarmgen"]

Sample = tuple[float, float]
"""Seconds and MiB."""


def main() -> None:
    """Measure and print everything."""
    options = arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        os.environ["XDG_STATE_HOME"] = str(folder / "state")
        our_project(folder, options.runs)
        if options.official.is_dir():
            official_registry(folder, options)
        else:
            print(
                f"official registry: not measured, there is none at {options.official}"
            )
    import_time(options.runs)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--runs", type=int, default=5, help="repetitions of each figure"
    )
    parser.add_argument("--official", type=Path, default=OFFICIAL)
    parser.add_argument(
        "--templates", type=Path, help="templates that Weaver renders, too"
    )
    parser.add_argument("--target", default=".", help="the target of --templates")
    parser.add_argument("--param", action="append", default=[], metavar="KEY=YAML")
    return parser.parse_args()


def our_project(folder: Path, runs: int) -> None:
    """Everything that our own project file says, in a copy of the checkout."""
    copy = folder / "ours"
    for name in ("semconv", "templates", "generated"):
        shutil.copytree(CHECKOUT / name, copy / name)
    shutil.copy(CHECKOUT / "pyproject.toml", copy)
    command = [*SWARMGEN, "-q", "generate", "--project", str(copy)]
    run(command)
    report("ours: cold generate", repeat(runs, [*command, "--no-cache"]))
    report("ours: warm generate --check", repeat(runs, [*command, "--check"]))
    edited = largest(copy / "semconv")
    report("ours: one file edited", repeat(runs, command, lambda n: edit(edited, n)))


def official_registry(folder: Path, options: argparse.Namespace) -> None:
    """The built-in targets, and Weaver's own templates, on the official registry."""
    registry = folder / "model"
    shutil.copytree(options.official, registry)
    edited = largest(registry)
    for target in ("python", "bash", "markdown"):
        output = str(folder / "official" / target)
        command = [*SWARMGEN, "-q", "registry", "generate", target, output]
        command += ["-r", str(registry), "--skip-policies"]
        report(
            f"official {target}: cold", repeat(options.runs, [*command, "--no-cache"])
        )
        run(command)
        report(f"official {target}: warm", repeat(options.runs, command))
        samples = repeat(options.runs, command, lambda n: edit(edited, n))
        report(f"official {target}: one file edited", samples)
    if options.templates:
        against_weaver(folder, registry, options)
    else:
        print("against Weaver: not measured, --templates names no template package")


def against_weaver(folder: Path, registry: Path, options: argparse.Namespace) -> None:
    """The same templates rendered in turns by swarmgen, cold and warm, and by Weaver."""
    common = ["registry", "generate", options.target]
    rest = ["-r", str(registry), "-t", str(options.templates), "--skip-policies"]
    rest += [word for param in options.param for word in ("-D", param)]
    ours = [*SWARMGEN, "-q", *common, str(folder / "by-swarmgen"), *rest]
    commands = {"cold": [*ours, "--no-cache"], "warm": ours}
    weaver = os.environ.get("WEAVER")
    if weaver:
        commands["Weaver"] = [
            weaver,
            "--quiet",
            *common,
            str(folder / "by-weaver"),
            *rest,
        ]
    run(ours)
    samples: dict[str, list[Sample]] = {name: [] for name in commands}
    for _ in range(options.runs):
        for name, command in commands.items():
            samples[name].append(run(command))
    for name, found in samples.items():
        report(f"{options.templates.name}: {name}", found)
    if not weaver:
        print("ratio to Weaver: not measured, $WEAVER names no binary")
        return
    peer = median(samples["Weaver"])
    for name in ("cold", "warm"):
        print(f"ratio to Weaver, {name}: {median(samples[name]) / peer:.2f}")


def import_time(runs: int) -> None:
    """What importing the generated package adds to starting Python."""
    package = "swarmsh_telemetry"
    place = CHECKOUT / "generated" / "python"
    if not (place / package).is_dir():
        print("import of the generated package: not measured, it is not generated")
        return
    os.environ["PYTHONPATH"] = str(place)
    bare, loaded = [], []
    for _ in range(max(runs, 9)):
        bare.append(run([sys.executable, "-c", "pass"]))
        loaded.append(run([sys.executable, "-c", f"import {package}"]))
    added = (median(loaded) - median(bare)) * 1000
    print(f"{'import of the generated package':<40} {added:8.1f} ms more than `pass`")


def repeat(
    runs: int, command: Sequence[str], before: Callable[[int], None] = lambda n: None
) -> list[Sample]:
    """Run a command several times, each time after ``before``."""
    samples = []
    for number in range(runs):
        before(number)
        samples.append(run(command))
    return samples


def run(command: Sequence[str]) -> Sample:
    """Seconds of one process and the MiB of the largest in its tree; stops if it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{errors.decode(errors='replace')}")
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return seconds, usage.ru_maxrss / unit


def edit(file: Path, number: int) -> None:
    """Change one brief, each time differently, so that no run meets a known content."""
    text = file.read_text(encoding="utf-8")
    head, brief, tail = text.partition("brief:")
    lines = tail.split("\n", 1)
    if lines[0].strip().startswith(("'", '"', ">", "|")) or not brief:
        file.write_text(f"{text}\n# edit {number}\n", encoding="utf-8")
    else:
        lines[0] += f" Edit {number}."
        file.write_text(head + brief + "\n".join(lines), encoding="utf-8")


def largest(folder: Path) -> Path:
    """The largest YAML file, the hardest one to read again."""
    return max(folder.rglob("*.yaml"), key=lambda file: file.stat().st_size)


def median(samples: Sequence[Sample]) -> float:
    """The median of the seconds."""
    return statistics.median(seconds for seconds, _ in samples)


def report(name: str, samples: Sequence[Sample]) -> None:
    """Print one line: median seconds, and the largest size of all runs."""
    size = max(size for _, size in samples)
    print(f"{name:<40} {median(samples):8.3f} s {size:8.0f} MiB", flush=True)


if __name__ == "__main__":
    main()
