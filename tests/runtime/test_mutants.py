"""Each rule of the protocol, patched out of a copy of the runtime, is noticed by the suite."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest


class Mutant(NamedTuple):
    """A rule taken out: in this file this text becomes that, and these tests must fail."""

    name: str
    file: str
    text: str
    instead: str
    tests: str


MUTANTS = [
    Mutant(
        "F1 length not checked",
        "framing.py",
        "or closing != CLOSINGS[len(line) - len(closing)]",
        "or closing[:1] != b'.'",
        "test_framing.py",
    ),
    Mutant(
        "F1 no leading newline",
        "framing.py",
        'b"\\n%b.%d\\n"',
        'b"%b.%d\\n"',
        "test_framing.py",
    ),
    Mutant("P2 NUL passes", "framing.py", ' or b"\\0" in line', "", "test_framing.py"),
    Mutant(
        "P1 tail not carried",
        "replay.py",
        "if end < 0:",
        "if not data:",
        "test_replay_equality.py",
    ),
    Mutant(
        "P3 request ids ignored",
        "replay.py",
        "if before is not None and number <= before.number:",
        "if before is not None and number < 0:",
        "test_rules.py",
    ),
    Mutant(
        "P4 the attempt is not asked for",
        "guards.py",
        "holder = owner and item.attempt == attempt",
        "holder = owner",
        "test_rules.py",
    ),
    Mutant(
        "P4 the holder is not asked for",
        "guards.py",
        "holder = owner and item.attempt == attempt",
        "holder = item.attempt == attempt",
        "test_rules.py",
    ),
    Mutant(
        "P3 no right after expiry",
        "rules.py",
        "settle(state, item, move, keep_right=True)",
        "settle(state, item, move, keep_right=False)",
        "test_rules.py",
    ),
    Mutant(
        "R1 no boundary",
        "replay.py",
        "if state.ordinal < limit:",
        "if True:",
        "test_swarm.py",
    ),
    Mutant(
        "R5 no tombstone seen",
        "journal.py",
        "== snapshots.GONE",
        "is None",
        "test_swarm.py",
    ),
    Mutant(
        "R5 names are removed",
        "snapshots.py",
        "draft.rename(path)\n",
        "draft.rename(path); path.unlink()\n",
        "test_swarm.py",
    ),
    Mutant(
        "S no checksum",
        "snapshots.py",
        'if end != hashlib.sha256(body).hexdigest().encode() + b"\\n":',
        "if not body:",
        "test_swarm.py",
    ),
    Mutant(
        "Q2 snapshots without requests",
        "dump.py",
        "for nonce in sorted(state.requests):",
        "for nonce in ():",
        "test_replay_equality.py",
    ),
    Mutant(
        "Q2 active agents forgotten",
        "requests.py",
        "return request.pins > 0 or",
        "return",
        "test_rules.py",
    ),
    Mutant(
        "Q2 nothing forgotten", "requests.py", "<= WINDOW", "<= 10**9", "test_rules.py"
    ),
    Mutant(
        "T1 any clock believed",
        "clock.py",
        "<= DRIFT:\n        set_time",
        "<= 10**18:\n        set_time",
        "test_rules.py",
    ),
    Mutant(
        "T2 leases end late",
        "effects.py",
        "< item.until",
        "<= item.until",
        "test_rules.py",
    ),
    Mutant(
        "N3 expiry at any time",
        "rules.py",
        "    return True\n\n\n@handles(Event.JOURNAL_RULES)",
        "    end_leases(state, Event.WORK_CLAIM)\n    return True\n\n\n@handles(Event.JOURNAL_RULES)",
        "test_rules.py",
    ),
    Mutant(
        "T3 no ticks",
        "journal.py",
        "if not self.is_behind():",
        "if True:",
        "test_swarm.py",
    ),
    Mutant(
        "A1 idle pollers write",
        "agent.py",
        "if journal.state.alarm <= time.time_ns() and journal.is_behind():",
        "if journal.is_behind():",
        "test_swarm.py",
    ),
    Mutant(
        "A5 retried beyond the window",
        "journal.py",
        "if self.starts > starts and self.state.records - first > WINDOW:",
        "if False:",
        "test_swarm.py",
    ),
    Mutant(
        "V1 other rules are written by",
        "journal.py",
        "            self.check_rules()\n",
        "            pass\n",
        "test_faults.py",
    ),
    Mutant(
        "X1 one of many is enough",
        "rules.py",
        "if isinstance(found, bytes):\n            return found\n        moves",
        "if isinstance(found, bytes):\n            continue\n        moves",
        "test_rules.py",
    ),
    Mutant(
        "U1 any mode is fine",
        "layout.py",
        "if found.st_mode & 0o077:",
        "if False:",
        "test_faults.py",
    ),
]
"""Not here: W1. Waking is bounded by a timer too (W2), so a bell that never rings costs only time."""


def run(tests: str, runtime: Path, checkout: Path) -> subprocess.CompletedProcess[str]:
    """Run some tests of this folder against another copy of the runtime."""
    environment = os.environ | {
        "PYTHONPATH": str(runtime),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
    ]
    return subprocess.run(
        [*command, str(checkout / "tests/runtime" / tests)],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_rule_that_is_taken_out_is_missed(
    mutant: Mutant, checkout: Path, tmp_path: Path
) -> None:
    shutil.copytree(checkout / "runtime", tmp_path / "runtime")
    path = tmp_path / "runtime" / "swarmsh" / mutant.file
    source = path.read_text(encoding="utf-8")
    assert mutant.text in source, "the mutant is out of date"
    path.write_text(source.replace(mutant.text, mutant.instead), encoding="utf-8")
    try:
        done = run(mutant.tests, tmp_path / "runtime", checkout)
    except subprocess.TimeoutExpired:
        return  # it hangs: noticed too
    assert done.returncode == 1, done.stdout[-2000:]
    assert "failed" in done.stdout
