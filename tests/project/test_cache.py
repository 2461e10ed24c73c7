"""The cache: it may only ever save time."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from swarmgen import cache as module
from swarmgen.cache import Cache, Inputs, digest, fingerprint, open_cache


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "swarmgen"


def test_what_is_stored_is_loaded_by_another_run(home: Path) -> None:
    open_cache().store("kind", "key", {"a": ["ü", "\ud800", 1.0]})
    assert open_cache().load("kind", "key") == {"a": ["ü", "\ud800", 1.0]}
    assert open_cache().load("kind", "other") is None
    assert open_cache().load("other", "key") is None


def test_a_disabled_cache_holds_nothing(home: Path) -> None:
    open_cache().store("kind", "key", 1)
    disabled = open_cache(enabled=False)
    disabled.store("kind", "key", 2)
    assert disabled.load("kind", "key") is None
    assert open_cache().load("kind", "key") == 1


@pytest.mark.parametrize("damage", [b"", b"x", b"\n\n", b"{}"])
def test_a_damaged_entry_is_ignored(damage: bytes, home: Path) -> None:
    open_cache().store("kind", "key", "value")
    (home / "kind-key").write_bytes(damage)
    assert open_cache().load("kind", "key") is None


def test_one_flipped_bit_is_noticed(home: Path) -> None:
    open_cache().store("kind", "key", "value")
    content = bytearray((home / "kind-key").read_bytes())
    content[-3] ^= 1
    (home / "kind-key").write_bytes(content)
    assert open_cache().load("kind", "key") is None


def test_a_folder_that_others_may_write_is_not_used(home: Path) -> None:
    open_cache().store("kind", "key", "value")
    home.chmod(0o777)
    assert open_cache().load("kind", "key") is None
    assert home.stat().st_mode & 0o777 == 0o777


def test_a_link_to_a_folder_is_not_used(home: Path, tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir(mode=0o700)
    home.parent.mkdir()
    home.symlink_to(real)
    open_cache().store("kind", "key", "value")
    assert list(real.iterdir()) == []


def test_the_folder_is_made_for_its_owner_only(home: Path) -> None:
    open_cache()
    assert home.stat().st_mode & 0o777 == 0o700


def test_without_a_place_for_it_there_is_no_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    cache = open_cache()
    cache.store("kind", "key", 1)
    assert cache.load("kind", "key") is None


def test_the_oldest_entries_go_when_the_limit_is_reached(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = open_cache()
    for number in range(6):
        cache.store("kind", str(number), "x" * 1000)
        os.utime(home / f"kind-{number}", (number, number))
    monkeypatch.setattr(module, "LIMIT", 5000)
    open_cache().store("kind", "new", "x" * 1000)
    assert open_cache().load("kind", "new") is not None
    assert open_cache().load("kind", "0") is None
    assert sum(entry.stat().st_size for entry in home.iterdir()) <= 5000


def test_concurrent_writers_never_leave_half_an_entry(home: Path) -> None:
    values = ["a" * 50_000, "b" * 50_000]

    def write(value: str) -> None:
        for _ in range(20):
            Cache(home).store("kind", "key", value)

    open_cache().store("kind", "key", values[0])
    threads = [threading.Thread(target=write, args=[value]) for value in values]
    for thread in threads:
        thread.start()
    seen = {open_cache().load("kind", "key") for _ in range(100)}
    for thread in threads:
        thread.join()
    assert seen <= set(values)


def test_a_changed_file_an_added_file_and_a_removed_one_are_noticed(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "registry"
    folder.mkdir()
    (folder / "a").write_text("1")
    paths = [str(folder), str(folder / "a"), str(folder / "later")]
    recorded = Inputs().digests(paths)
    assert Inputs().unchanged(recorded)
    (folder / "a").write_text("2")
    assert not Inputs().unchanged(recorded)
    (folder / "a").write_text("1")
    assert Inputs().unchanged(recorded)
    (folder / "b").write_text("")
    assert not Inputs().unchanged(recorded)
    (folder / "b").unlink()
    (folder / "a").unlink()
    assert not Inputs().unchanged(recorded)


def test_a_file_that_becomes_a_link_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    recorded = Inputs().digests([str(tmp_path)])
    (tmp_path / "a").unlink()
    (tmp_path / "a").symlink_to("b")
    assert not Inputs().unchanged(recorded)


def test_inputs_that_change_while_they_are_read_are_not_settled(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_text("1")
    at = old.stat().st_ctime_ns
    inputs = Inputs(started=at + 1_000_000_000)
    assert inputs.settled([str(old), str(tmp_path / "nowhere")])
    assert not Inputs(started=at).settled([str(old)])


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest([1, 2]) != digest([2, 1])


def test_an_upgraded_library_changes_the_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint()
    (tmp_path / "jinja2-99.0.dist-info").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    changed = fingerprint()
    assert changed != before
    (tmp_path / "unrelated-1.0.dist-info").mkdir()
    assert fingerprint() == changed
