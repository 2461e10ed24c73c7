"""Bad directories, full disks, damaged files: a clear error, and nothing that was told is lost."""

from __future__ import annotations

import os
import resource
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

import swarmsh
from swarmsh import filesystem, layout, verify


@pytest.fixture
def swarm(tmp_path: Path) -> Iterator[swarmsh.Swarm]:
    with swarmsh.init(tmp_path / "swarm") as made:
        yield made


MOUNTS = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:40 / {shared} rw - {kind} server:/x rw
31 22 0:41 / {shared}\\040space rw - ext4 /dev/vdb rw
"""


@pytest.mark.parametrize(
    "kind", ["nfs4", "cifs", "9p", "virtiofs", "fuse.sshfs", "ceph"]
)
def test_a_filesystem_of_several_machines_is_refused(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(MOUNTS.format(shared=tmp_path / "shared", kind=kind))
    monkeypatch.setattr(filesystem, "MOUNTS", table)
    with pytest.raises(
        swarmsh.UnsupportedFilesystem, match=f"on {kind}.*local"
    ) as refused:
        swarmsh.init(tmp_path / "shared" / "swarm")
    assert refused.value.exit_code == 7
    assert not (tmp_path / "shared" / "swarm").exists()
    swarmsh.init(tmp_path / "shared space" / "swarm").close()
    swarmsh.init(tmp_path / "sharedness" / "swarm").close()


def test_the_kind_of_this_filesystem_is_known(tmp_path: Path) -> None:
    assert filesystem.filesystem_of(tmp_path) != "unknown"
    assert filesystem.filesystem_of(tmp_path, tmp_path / "no mountinfo") == "unknown"


@pytest.mark.parametrize("mode", [0o777, 0o750, 0o701])
def test_a_directory_that_others_can_enter_is_refused(
    mode: int, swarm: swarmsh.Swarm
) -> None:
    swarm.path.chmod(mode)
    with pytest.raises(swarmsh.Unsafe, match=f"mode {mode:04o}.*chmod 700"):
        swarmsh.open(swarm.path)


def test_a_directory_is_private_whatever_the_umask_is(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = swarmsh.init(tmp_path / "swarm")
        made.add("x")
        made.journal.save()
    finally:
        os.umask(before)
    for path in [made.path, *made.path.rglob("*")]:
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_a_symbolic_link_is_refused(swarm: swarmsh.Swarm, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(swarm.path)
    for use in (swarmsh.open, swarmsh.init):
        with pytest.raises(swarmsh.Unsafe, match="symbolic link"):
            use(tmp_path / "link")


def test_another_users_directory_is_refused(
    swarm: swarmsh.Swarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(swarmsh.Unsafe, match="belongs to user"):
        swarmsh.open(swarm.path)


def test_a_future_layout_is_refused_and_named(swarm: swarmsh.Swarm) -> None:
    (swarm.path / "format").write_text("swarmsh\nversion 9\nrecords 4096\n")
    with pytest.raises(swarmsh.UnsupportedVersion, match=r"version 9.*upgrade"):
        swarmsh.open(swarm.path)


def test_a_journal_of_other_rules_can_be_read_but_not_written(
    swarm: swarmsh.Swarm,
) -> None:
    outcome = swarm.write(b"journal.rules", b"-", b"-", [b"2", b"0" * 64])
    assert outcome is True
    for user in (swarm, swarmsh.open(swarm.path)):
        with pytest.raises(swarmsh.UnsupportedVersion, match=r"rules 2 .*upgrade"):
            user.add("x")
    assert b"rules\t2\t" in swarm.dump()


@pytest.mark.parametrize(
    "missing", ["format", "journal", "snapshot", "blobs", "archive"]
)
def test_a_missing_piece_is_named(missing: str, swarm: swarmsh.Swarm) -> None:
    path = swarm.path / missing
    path.rename(swarm.path / "elsewhere")
    with pytest.raises(swarmsh.NotFound, match=missing):
        swarmsh.open(swarm.path)


def test_where_no_swarm_is_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SWARMSH_HOME", raising=False)
    with pytest.raises(swarmsh.NotFound, match="swarmsh init"):
        swarmsh.open()
    (tmp_path / "below" / "deep").mkdir(parents=True)
    with swarmsh.init():
        monkeypatch.chdir(tmp_path / "below" / "deep")
        assert swarmsh.open().path == tmp_path / ".swarmsh"
    with swarmsh.init(tmp_path / "other"):
        monkeypatch.setenv("SWARMSH_HOME", str(tmp_path / "other"))
        assert swarmsh.open().path == tmp_path / "other"


def limited(home: Path, size: int) -> int:
    """In a child that may write files up to `size` bytes: add until an error; give how many."""
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        done = 0
        try:
            with swarmsh.open(home) as swarm:
                while True:
                    swarm.add("x" * 100)
                    done += 1
        except OSError:
            os._exit(done)
        except BaseException:
            os._exit(255)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("size", [2000, 2001, 2050, 2100])
def test_a_full_disk_is_an_error_and_what_was_told_stays(
    size: int, swarm: swarmsh.Swarm
) -> None:
    done = limited(swarm.path, size)
    assert 0 < done < 255
    swarm.sync()
    assert swarm.journal.state.next_item == done + 1
    assert swarm.add("afterwards") == done + 1
    found = list(verify.findings(swarm.layout))
    assert all(damage.kind == "torn" for damage in found)
    assert len(found) <= 1


def test_a_payload_of_100_megabytes_comes_back(swarm: swarmsh.Swarm) -> None:
    block = os.urandom(1 << 20)
    swarm.add("large", block * 100)
    with swarm.agent() as agent:
        item = agent.claim()
        assert item is not None
        assert item.payload == block * 100


def damage(swarm: swarmsh.Swarm, data: bytes) -> list[verify.Damage]:
    with (swarm.path / "journal" / "00000001.tsv").open("ab") as file:
        file.write(data)
    return list(verify.findings(swarm.layout))


@pytest.mark.parametrize(
    "data, kind, size",
    [
        (b"\ngarbage\n", "torn", 7),
        (b"\n1763880000000000000\twork.ad", "torn", 27),
        (b"\n1763880000000000000\tx\t.9\n", "length", 24),
        (b"\n\0\n", "nul", 1),
        (b"\n" + b"x" * 10000 + b"\n", "length", 10000),
    ],
)
def test_damage_is_found_with_its_offset_and_stops_nobody(
    data: bytes, kind: str, size: int, swarm: swarmsh.Swarm
) -> None:
    swarm.add("before")
    offset = (swarm.path / "journal" / "00000001.tsv").stat().st_size + 1
    (found,) = damage(swarm, data)
    assert (found.kind, found.offset, found.size) == (kind, offset, size)
    assert "never acknowledged" in found.meaning
    assert swarm.add("after") == 2
    assert swarmsh.open(swarm.path).dump() == swarm.dump()


def test_a_segment_missing_in_the_middle_is_named(tmp_path: Path) -> None:
    swarm = swarmsh.Swarm(layout.create(tmp_path / "swarm", records=8))
    for _ in range(30):
        swarm.add("x")
    (swarm.path / "journal" / "00000002.tsv").unlink()
    assert [found.kind for found in verify.findings(swarm.layout)] == [
        "missing_segment"
    ]


def test_a_directory_without_write_permission_can_be_read(swarm: swarmsh.Swarm) -> None:
    swarm.add("x")
    with swarmsh.Swarm(layout.load(swarm.path), writable=False) as reader:
        assert reader.dump() == swarm.dump()
        swarm.add("y")
        assert reader.dump() == swarm.dump()
        with pytest.raises(OSError):
            reader.add("z")
