"""Which filesystem a directory is on, and whether the journal can rely on it."""

from __future__ import annotations

from pathlib import Path

from swarmsh.errors import UnsupportedFilesystem

MOUNTS = Path("/proc/self/mountinfo")

REFUSED = frozenset(
    [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "virtiofs",
        "fuse.sshfs",
        "ceph",
        "fuse.ceph",
        "glusterfs",
        "fuse.glusterfs",
        "lustre",
        "gpfs",
        "gfs2",
        "ocfs2",
        "afs",
        "beegfs",
    ]
)
"""Filesystems of several machines: O_APPEND and rename do not order writers there."""

TRUSTED = frozenset(
    [
        "ext2",
        "ext3",
        "ext4",
        "xfs",
        "btrfs",
        "tmpfs",
        "f2fs",
        "zfs",
        "overlay",
        "apfs",
        "bcachefs",
    ]
)


def unescaped(path: str) -> str:
    """A path of mountinfo, where space, tab, newline and backslash are octal escapes."""
    for octal, character in (
        ("\\040", " "),
        ("\\011", "\t"),
        ("\\012", "\n"),
        ("\\134", "\\"),
    ):
        path = path.replace(octal, character)
    return path


def filesystem_of(path: Path, mounts: Path | None = None) -> str:
    """The type of the filesystem that holds `path`; `unknown` where the kernel does not tell.

    Source: proc(5), mountinfo: the longest mount point that is a prefix, the last one of equals.
    """
    try:
        table = (mounts or MOUNTS).read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return "unknown"
    real = str(path.resolve())
    found, best = "unknown", -1
    for line in table.splitlines():
        before, dash, after = line.partition(" - ")
        fields = before.split(" ")
        if not dash or len(fields) < 5:
            continue
        point = unescaped(fields[4])
        inside = point == "/" or real == point or real.startswith(point + "/")
        if inside and len(point) >= best:
            found, best = after.split(" ")[0], len(point)
    return found


def check(path: Path, mounts: Path | None = None) -> str:
    """The filesystem's type; raises UnsupportedFilesystem where the journal would not be safe.

    Nothing is promised of a type that is neither refused nor in `TRUSTED`: `swarmsh doctor` warns.
    """
    kind = filesystem_of(path, mounts)
    if kind in REFUSED:
        raise UnsupportedFilesystem(
            f"{path} is on {kind}, where appends of several processes are not ordered: "
            "put the swarm on a local filesystem (ext4, xfs, btrfs, tmpfs …)"
        )
    return kind
