"""The swarm's directory: where it is, what is in it, and whether it may be trusted (U1)."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
from pathlib import Path

from swarmsh import filesystem, framing
from swarmsh.errors import NotFound, Unsafe, UnsupportedVersion, UsageError
from swarmsh_telemetry.attributes.swarmsh import (
    SwarmshJournalDurabilityValues as JournalDurability,
)
from swarmsh_telemetry.records import RULES_DIGEST, Event, JournalRules

NAME = ".swarmsh"
VARIABLE = "SWARMSH_HOME"
VERSION = 1
RECORDS = 4096
FOLDERS = ("journal", "snapshot", "overlay", "blobs", "archive", "telemetry")
FORMAT = re.compile(r"(version|records|durability|retain) ([a-z0-9]+)", re.ASCII)
RULES = 1
"""The version of the rules that this software writes by (V1)."""


class Layout:
    """The paths of one swarm and the settings of its `format` file."""

    def __init__(self, home: Path, records: int, durability: str, retain: int) -> None:
        self.home = home
        self.records = records
        self.power = durability == JournalDurability.POWER
        self.retain = retain  # archived segments to keep, 0 for all
        self.durability = durability

    def segment(self, number: int) -> Path:
        return self.home / "journal" / f"{number:08d}.tsv"

    def archived(self, number: int) -> Path:
        return self.home / "archive" / f"{number:08d}.tsv"


def find(path: str | Path | None) -> Path:
    """The swarm's directory: `path`, else $SWARMSH_HOME, else `.swarmsh` found upwards.

    Raises NotFound, which names where was looked.
    """
    if path is not None:
        return Path(path)
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE])
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / NAME).is_dir():
            return folder / NAME
    raise NotFound(
        f"no {NAME} in {here} or above it: run `swarmsh init`, or set ${VARIABLE}"
    )


def check_trust(home: Path) -> None:
    """Raise Unsafe unless the directory is ours alone: no link, our uid, no access for others."""
    try:
        found = home.lstat()
    except FileNotFoundError:
        raise NotFound(
            f"there is no swarm at {home}: run `swarmsh init {home}`"
        ) from None
    if stat.S_ISLNK(found.st_mode):
        raise Unsafe(f"{home} is a symbolic link: name the directory itself")
    if not stat.S_ISDIR(found.st_mode):
        raise Unsafe(f"{home} is not a directory")
    if found.st_uid != os.geteuid():
        raise Unsafe(
            f"{home} belongs to user {found.st_uid}, who could forge any record"
        )
    if found.st_mode & 0o077:
        raise Unsafe(
            f"{home} has mode {stat.S_IMODE(found.st_mode):04o}: others could read or forge it; "
            f"`chmod 700 {home}` if nobody else has"
        )


def load(home: Path) -> Layout:
    """The layout of an existing swarm; the filesystem, owner, mode and version are checked."""
    check_trust(home)
    filesystem.check(home)
    try:
        text = (home / "format").read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        raise NotFound(f"{home} is no swarm: it has no file `format`") from None
    settings = dict(FORMAT.findall(text))
    if settings.get("version") != str(VERSION):
        raise UnsupportedVersion(
            f"{home}/format asks for layout version {settings.get('version', 'unknown')}, "
            f"this swarmsh knows {VERSION}: upgrade swarmsh"
        )
    missing = [name for name in FOLDERS[:5] if not (home / name).is_dir()]
    if missing or not re.fullmatch("[1-9][0-9]{0,6}", settings.get("records", "")):
        raise NotFound(
            f"{home} is incomplete: {', '.join(missing) or 'records in format'} missing"
        )
    retain = settings.get("retain", "0")
    durability = settings.get("durability", "process")
    return Layout(home, int(settings["records"]), durability, int(retain))


def create(
    home: Path,
    *,
    durability: str = "process",
    records: int = RECORDS,
    retain: int = 0,
) -> Layout:
    """Make a swarm's directory, or load the one that is there.

    Built under another name and renamed, so that nobody ever sees half of it; when several
    processes do it at once, one of them wins and all get the same swarm.
    """
    if durability not in (JournalDurability.PROCESS, JournalDurability.POWER):
        raise UsageError(f"durability {durability!r}: expected process or power")
    if retain < 0:
        raise UsageError(f"retain {retain}: expected a number of segments, 0 for all")
    if (home / "format").exists() or home.is_symlink():
        return load(home)
    home.parent.mkdir(parents=True, exist_ok=True)
    filesystem.check(home.parent)
    draft = home.with_name(f"{home.name}.{os.getpid()}.{secrets.token_hex(4)}.new")
    draft.mkdir(mode=0o700)
    try:
        write_draft(draft, durability, records, retain)
        draft.rename(home)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        if not (home / "format").exists():
            raise
    sync_folder(home.parent)
    return load(home)


def write_draft(draft: Path, durability: str, records: int, retain: int) -> None:
    """Write all that a new swarm has, its first record included, and force it to the disk."""
    draft.chmod(0o700)
    for folder in FOLDERS:
        (draft / folder).mkdir(mode=0o700)
    settings = f"version {VERSION}\nrecords {records}\ndurability {durability}\n"
    if retain:
        settings += f"retain {retain}\n"
    write_file(draft / "format", f"swarmsh\n{settings}".encode())
    write_file(draft / "journal" / f"{1:08d}.tsv", first_record())
    sync_folder(draft / "journal")
    sync_folder(draft)


def first_record() -> bytes:
    """The record with which every journal begins: the version of its rules (V1)."""
    import time

    request = secrets.token_hex(8).encode() + b".1"
    fields = JournalRules(RULES, RULES_DIGEST.encode()).encode()
    stamp = b"%d" % time.time_ns()
    return framing.frame(
        [stamp, Event.JOURNAL_RULES, b"-", b"-", request, b"-", *fields, b""]
    )


def write_file(path: Path, data: bytes) -> None:
    """Write a new file of mode 0600 and force it to the disk."""
    descriptor = os.open(
        path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600
    )
    try:
        write_all(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write everything, in as many writes as it takes; for files that only we write."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def sync_folder(path: Path) -> None:
    """Force a directory's entries to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
