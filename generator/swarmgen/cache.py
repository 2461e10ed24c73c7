"""What was computed before, by digest of everything it was computed from.

The cache lives in ``$XDG_CACHE_HOME/swarmgen`` and may be deleted at any time. It is used
only while it belongs to the user alone. Entries are JSON behind their own SHA-256, so a
damaged one is noticed and computed again; each is written beside its place and renamed,
so that concurrent runs never see half of one. Old entries go when the sum exceeds
``LIMIT`` bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from swarmgen import __version__

LIMIT = 256 * 1024 * 1024

# Distributions whose version shapes what is generated.
_LIBRARIES = {
    "black",
    "jinja2",
    "jq",
    "jsonschema",
    "markdown_it_py",
    "pyyaml",
    "shfmt_py",
}
# Timestamps of files are coarser than the clock by at most one tick of the kernel.
_TICK = 20_000_000


def digest(value: Any) -> str:
    """The SHA-256 of a JSON value, in hexadecimal; the order of keys doesn't count."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


class Cache:
    """Entries by kind and key, in ``folder``; without a folder it holds nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder if folder and _is_private(folder) else None
        self._pruned = False

    def load(self, kind: str, key: str) -> Any:
        """The value that was stored, or None. Never raises."""
        if self._folder is None:
            return None
        path = self._folder / f"{kind}-{key}"
        try:
            written, _, payload = path.read_bytes().partition(b"\n")
            if hashlib.sha256(payload).hexdigest().encode() != written:
                return None
            os.utime(path)
            return json.loads(payload)
        except (OSError, ValueError):
            return None

    def store(self, kind: str, key: str, value: Any) -> None:
        """Keep a JSON value. A cache that can't be written is no error: nothing is kept."""
        if self._folder is None:
            return
        payload = json.dumps(value, separators=(",", ":")).encode()
        written = hashlib.sha256(payload).hexdigest().encode()
        temporary = self._folder / f"{kind}-{key}.{os.getpid()}.tmp"
        try:
            temporary.write_bytes(written + b"\n" + payload)
            temporary.replace(self._folder / f"{kind}-{key}")
        except OSError:
            temporary.unlink(missing_ok=True)
            return
        if not self._pruned:
            self._pruned = True
            _prune(self._folder, LIMIT)


def open_cache(enabled: bool = True) -> Cache:
    """The user's cache, or with ``enabled=False`` one that holds nothing.

    It holds nothing, too, where its folder can't be made or is open to other users.
    """
    if not enabled:
        return Cache(None)
    configured = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        home = configured if configured.is_absolute() else Path.home() / ".cache"
        folder = home / "swarmgen"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return Cache(None)
    return Cache(folder)


class Inputs:
    """Digests of the files and folders that a result depends on, each read once.

    ``started`` is when reading them began, in nanoseconds since the epoch; now, if None.
    """

    def __init__(self, started: int | None = None) -> None:
        self._started = (time.time_ns() if started is None else started) - _TICK
        self._digests: dict[str, str] = {}

    def digests(self, paths: Iterable[str]) -> dict[str, str]:
        """For each path the digest of its content, its listing, or that there is nothing."""
        return {path: self._digest(path) for path in paths}

    def unchanged(self, recorded: dict[str, str]) -> bool:
        """Whether all paths are still as they were recorded."""
        return all(self._digest(path) == known for path, known in recorded.items())

    def settled(self, paths: Iterable[str]) -> bool:
        """Whether no path was changed since this object was made.

        What was read in between then belongs to the digests that are taken now.
        """
        return all(_changed_at(path) < self._started for path in paths)

    def _digest(self, path: str) -> str:
        if path not in self._digests:
            self._digests[path] = _digest_of(path)
        return self._digests[path]


def fingerprint() -> str:
    """Digest of what turns inputs into output: Python, swarmgen, the libraries it uses.

    In a checkout, the digest of swarmgen's own source files is part of it. Versions are
    read from the names of installed distributions: importing ``importlib.metadata``
    would cost more than the rest of a warm run.
    """
    found = [f"{sys.implementation.cache_tag}", __version__]
    for folder in sys.path:
        try:
            names = [place.name for place in Path(folder or ".").iterdir()]
        except OSError:
            continue
        found += [
            name
            for name in names
            if name.endswith((".dist-info", ".egg-info"))
            and name.partition("-")[0].lower() in _LIBRARIES
        ]
    package = Path(__file__).parent
    if not (package / "_data").is_dir():
        sources = sorted(package.rglob("*.py"))
        found += [_digest_of(str(source)) for source in sources]
    return digest(found)


def _digest_of(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except IsADirectoryError:
        return _listing(path)
    except OSError as error:
        return f"unreadable {error.errno}"


def _listing(path: str) -> str:
    try:
        with os.scandir(path) as entries:
            return digest(sorted(_describe(entry) for entry in entries))
    except OSError as error:
        return f"unreadable {error.errno}"


def _describe(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return f"{entry.name}@"
    return f"{entry.name}/" if entry.is_dir() else entry.name


def _changed_at(path: str) -> int:
    try:
        return Path(path).stat().st_ctime_ns
    except OSError:
        return 0


def _is_private(folder: Path) -> bool:
    try:
        status = folder.lstat()
    except OSError:
        return False
    return status.st_uid == os.getuid() and not status.st_mode & 0o077


def _prune(folder: Path, limit: int) -> None:
    """Delete the entries that were not used for longest, down to half of the limit."""
    try:
        with os.scandir(folder) as entries:
            found = [(entry.stat(), entry.path) for entry in entries if entry.is_file()]
    except OSError:
        return
    total = sum(status.st_size for status, _ in found)
    if total <= limit:
        return
    for status, path in sorted(found, key=lambda item: item[0].st_mtime_ns):
        Path(path).unlink(missing_ok=True)
        total -= status.st_size
        if total <= limit // 2:
            return
