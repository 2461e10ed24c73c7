"""Formatters: generated text → the text as the language's own formatter writes it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import Protocol

from swarmgen.problems import Problem

FORMATS = ("none", "black", "shfmt")

# Below this many characters a second process, which imports black, costs more than it saves.
_WORTH_A_PROCESS = 30_000
_SHELLS = {"sh", "bash"}

Outcome = tuple[str | None, str]
"""The formatted text, or None and the reason why there is none."""


class Memory(Protocol):
    """Where formatted texts are remembered; ``swarmgen.cache.Cache`` is one."""

    def load(self, kind: str, key: str) -> object:
        """The value that was stored, or None."""

    def store(self, kind: str, key: str, value: object) -> None:
        """Keep a value."""


def format_files(
    files: Mapping[str, str], format: str, memory: Memory
) -> tuple[dict[str, str], list[Problem]]:
    """Format the files of the formatter's language; the others are returned as they are.

    ``format`` is one of ``FORMATS``. ``black`` formats ``*.py`` and ``*.pyi`` in its
    default style, in as many processes as there are processors, and what it formatted is
    remembered by digest. ``shfmt`` formats ``*.sh``, ``*.bash`` and scripts whose first
    line names sh or bash, in its default style. A text that the formatter rejects stays
    as it is and is a problem.
    """
    if format == "black":
        paths = [path for path in files if path.endswith((".py", ".pyi"))]
        outcomes = _remembering_black([(path, files[path]) for path in paths], memory)
    elif format == "shfmt":
        paths = [path for path, text in files.items() if _is_shell(path, text)]
        outcomes = _shfmt([files[path] for path in paths])
    else:
        return dict(files), []
    formatted = dict(files)
    problems = []
    for path, (text, reason) in zip(paths, outcomes, strict=True):
        if text is None:
            # It has no location: the file is not written, so nobody could look there.
            message = f"{format} rejects what is generated for {path!r}: {reason}"
            problems.append(Problem("FormatFailed", message))
        else:
            formatted[path] = text
    return formatted, problems


def _remembering_black(
    texts: Sequence[tuple[str, str]], memory: Memory
) -> list[Outcome]:
    version = metadata.version("black")
    keys = [
        hashlib.sha256(json.dumps([version, _is_stub(path), text]).encode()).hexdigest()
        for path, text in texts
    ]
    found = [memory.load("black", key) for key in keys]
    unknown = [index for index, text in enumerate(found) if not isinstance(text, str)]
    fresh = dict(zip(unknown, _black([texts[index] for index in unknown]), strict=True))
    for index, (text, _) in fresh.items():
        if text is not None:
            memory.store("black", keys[index], text)
    return [fresh.get(index, (str(text), "")) for index, text in enumerate(found)]


def _black(texts: Sequence[tuple[str, str]]) -> list[Outcome]:
    """Share the texts out among processes, largest first, and collect them in order."""
    size = sum(len(text) for _, text in texts)
    workers = max(1, min(os.cpu_count() or 1, len(texts), size // _WORTH_A_PROCESS))
    order = sorted(range(len(texts)), key=lambda index: -len(texts[index][1]))
    shares = [order[worker::workers] for worker in range(workers)]
    with ThreadPoolExecutor(workers) as pool:
        answers = pool.map(
            lambda share: _black_process([texts[index] for index in share]),
            filter(None, shares),
        )
        outcomes = dict(
            pair
            for share, answer in zip(filter(None, shares), answers, strict=True)
            for pair in zip(share, answer, strict=True)
        )
    return [outcomes[index] for index in range(len(texts))]


def _black_process(texts: Sequence[tuple[str, str]]) -> list[Outcome]:
    asked = [(_is_stub(path), text) for path, text in texts]
    done = subprocess.run(
        [sys.executable, "-m", "swarmgen.output.black_worker"],
        input=json.dumps(asked).encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        reason = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        return [(None, reason)] * len(texts)
    return [(text, reason) for text, reason in json.loads(done.stdout)]


def _is_stub(path: str) -> bool:
    return path.endswith(".pyi")


def _shfmt(texts: Sequence[str]) -> list[Outcome]:
    if not texts:
        return []
    # pip puts shfmt beside the interpreter, which need not be on $PATH.
    beside = str(Path(sys.executable).parent)
    path = os.pathsep.join([beside, os.environ.get("PATH", os.defpath)])
    program = shutil.which("shfmt", path=path)
    if program is None:
        reason = "there is no shfmt; `pip install 'swarmsh[shfmt]'` brings it"
        return [(None, reason)] * len(texts)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(lambda text: _shfmt_process(program, text), texts))


def _shfmt_process(program: str, text: str) -> Outcome:
    command = [program, "-ln", "bash", "-"]
    done = subprocess.run(
        command, input=text.encode(), capture_output=True, check=False
    )
    if done.returncode != 0:
        return None, done.stderr.decode(errors="replace").strip()
    return done.stdout.decode(), ""


def _is_shell(path: str, text: str) -> bool:
    if path.endswith((".sh", ".bash")):
        return True
    first = text.partition("\n")[0].replace("/", " ").split()
    return text.startswith("#!") and bool(_SHELLS & set(first))
