"""Payloads and results too large for a record, kept under the digest of their content."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import time
from pathlib import Path

from swarmsh import framing, layout
from swarmsh.errors import Damaged
from swarmsh.layout import Layout

DIGEST = re.compile(rb"[0-9a-f]{64}")
AGE = 3600
"""Seconds for which an unnamed blob is kept: its record may be about to be written (R5)."""


def put(where: Layout, data: bytes) -> bytes:
    """Keep the data durably and give its digest; equal data is kept once.

    When this returns the blob is on disk, so a record may name it.
    """
    digest = hashlib.sha256(data).hexdigest()
    folder = where.home / "blobs"
    path = folder / digest
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size == len(data):
            os.utime(path)  # keeps the collector away until the record names it
            return digest.encode()
    draft = folder / f".{os.getpid()}.{secrets.token_hex(6)}"
    try:
        layout.write_file(draft, data)
        draft.rename(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
    layout.sync_folder(folder)
    return digest.encode()


def get(where: Layout, digest: bytes) -> bytes:
    """The data of a blob; Damaged when it is missing or its content is not that of its name."""
    path = where.home / "blobs" / digest.decode("ascii", "replace")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise Damaged(f"the blob {path} is missing") from None
    if hashlib.sha256(data).hexdigest().encode() != digest:
        raise Damaged(f"the blob {path} does not match its digest")
    return data


def collect(where: Layout) -> int:
    """Remove blobs that no segment names, archive included, and that are an hour old; give how many.

    May run beside anything: a blob is younger than an hour when the record that names it is
    written.
    """
    before = time.time() - AGE
    folder = where.home / "blobs"
    old = {
        entry.name
        for entry in os.scandir(folder)
        if DIGEST.fullmatch(entry.name.encode()) and entry.stat().st_mtime < before
    }
    if not old:
        return 0
    for name in named(where):
        old.discard(name)
    for name in old:
        with contextlib.suppress(FileNotFoundError):
            (folder / name).unlink()
    return len(old)


def named(where: Layout) -> set[str]:
    """Every digest that stands as a field of a whole record."""
    found: set[str] = set()
    for folder in ("journal", "archive"):
        for path in sorted((where.home / folder).glob("*.tsv")):
            found |= digests_in(path)
    return found


def digests_in(path: Path) -> set[str]:
    found: set[str] = set()
    for line in path.read_bytes().split(b"\n"):
        for field in framing.split(line) or ():
            if len(field) == 64 and DIGEST.fullmatch(field):
                found.add(field.decode())
    return found
