"""Every line is one whole write, whatever it holds and whoever writes beside it."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., subprocess.CompletedProcess[str]]
Read = Callable[[str], list[dict[str, Any]]]

EMIT = 'telemetry_event_emit e k.int=1 --body "$(printf %{}s)"\n'


def writes(trace: Path, file: str) -> list[int]:
    """How many bytes each write(2) to the file took, as strace -y saw them."""
    pattern = rf"write\(\d+<[^>]*/{re.escape(file)}>.*= (\d+)$"
    return [int(n) for n in re.findall(pattern, trace.read_text(), re.M)]


def traced(strace: str, script: Path, code: str, folder: Path, output: int) -> None:
    """Run the code with standard output at the descriptor; the trace is in `trace`."""
    source = f"source {script}; export TELEMETRY_FILE=t.jsonl\n{code}"
    command = [strace, "-f", "-y", "-o", "trace", "-e", "trace=write", "bash", "-c"]
    subprocess.run([*command, source], stdout=output, cwd=folder, check=True)


def test_a_line_of_any_length_is_one_write(
    script: Path, strace: str, tmp_path: Path
) -> None:
    sizes = [10, 700, 1000, 3000, 4096, 6000, 60_000]
    code = "".join(EMIT.format(size) for size in sizes)
    traced(strace, script, code, tmp_path, subprocess.DEVNULL)
    lines = (tmp_path / "t.jsonl").read_bytes().splitlines(keepends=True)
    assert writes(tmp_path / "trace", "t.jsonl") == [len(line) for line in lines]
    assert len(lines) == len(sizes)


def test_a_terminal_does_not_cut_lines_into_1024_bytes(
    script: Path, strace: str, tmp_path: Path
) -> None:
    # bash's output buffer has the size that its first descriptor asked for.
    controller, terminal = pty.openpty()
    try:
        code = "printf hello\n" + EMIT.format(3000)
        traced(strace, script, code, tmp_path, terminal)
    finally:
        os.close(terminal)
        os.close(controller)
    size = (tmp_path / "t.jsonl").stat().st_size
    assert writes(tmp_path / "trace", "t.jsonl") == [size]


def test_lines_of_several_writers_never_mix(script: Path, tmp_path: Path) -> None:
    code = f"source {script}; for ((i = 0; i < 25; i++)); do\n"
    code += "telemetry_metric_add m $i k.int=1\n" + EMIT.format(2500)
    code += EMIT.format(5000) + "done"
    environment = os.environ | {"TELEMETRY_FILE": str(tmp_path / "t.jsonl")}
    writers = [
        subprocess.Popen(
            ["bash", "-c", code], env=environment, stderr=subprocess.DEVNULL
        )
        for _ in range(6)
    ]
    assert [writer.wait() for writer in writers] == [0] * 6
    lines = (tmp_path / "t.jsonl").read_text().splitlines()
    assert len([json.loads(line) for line in lines]) == 6 * 25 * 3


def test_what_is_not_utf_8_becomes_the_replacement_character(
    script: Path, records: Read
) -> None:
    bodies = {
        b"\xff": "\ufffd",
        b"a\xc3": "a\ufffd",
        b"\xc0\xaf": "\ufffd\ufffd",
        b"\xed\xa0\x80": "\ufffd\ufffd\ufffd",
        b"\xf0\x9f\x98": "\ufffd",
        b"\xf0\x9f\x98\x80 \xe2\x82\xac\xfe": "\U0001f600 €\ufffd",
    }
    for locale in ("C", "C.UTF-8"):
        for body, expected in bodies.items():
            command = [b"bash", os.fsencode(script), b"event", b"emit", b"e"]
            done = subprocess.run(
                [*command, b"k.int=1", b"--body", body],
                capture_output=True,
                env={"PATH": os.environ["PATH"], "LC_ALL": locale},
            )
            (record,) = records(done.stdout.decode())
            assert record["body"]["stringValue"] == expected
            assert body.decode(errors="replace") == expected


def test_a_file_that_cannot_be_written_is_an_error(script: Path, run: Run) -> None:
    for file in ("no/such/folder", ".", "/dev/full"):
        done = run(script, "--file", file, "event", "emit", "e", "k.int=1")
        assert done.returncode == 1 and f"cannot append to '{file}'" in done.stderr
