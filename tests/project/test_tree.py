"""Comparing generated files with a folder, and writing them to it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from swarmgen.output.tree import compare, write


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def codes(problems: object) -> list[str]:
    return [problem.code for problem in problems]  # type: ignore[attr-defined]


def paths(changes: object) -> list[str]:
    return [change.path for change in changes]  # type: ignore[attr-defined]


def test_what_was_written_is_fresh(tmp_path: Path) -> None:
    files = {"a.py": "x\n", "deep/er/b.txt": "ü\r\n\n", "empty": ""}
    assert write(files, tmp_path / "out") == []
    assert compare(files, tmp_path / "out").fresh
    assert (tmp_path / "out/deep/er/b.txt").read_bytes() == "ü\r\n\n".encode()


def test_an_edited_a_deleted_and_a_stray_file_are_each_named(tmp_path: Path) -> None:
    files = {"edited": "1\n", "deleted": "2\n", "same": "3\n"}
    write(files, tmp_path)
    (tmp_path / "edited").write_text("by hand\n")
    (tmp_path / "deleted").unlink()
    (tmp_path / "stray").write_text("?")
    drift = compare(files, tmp_path)
    assert paths(drift.changed) == ["edited"]
    assert paths(drift.missing) == ["deleted"]
    assert drift.unexpected == ("stray",)


def test_unchanged_files_keep_their_time(tmp_path: Path) -> None:
    write({"a": "1", "b": "1"}, tmp_path)
    for name in "ab":
        os.utime(tmp_path / name, ns=(1, 1))
    write({"a": "1", "b": "2"}, tmp_path)
    assert (tmp_path / "a").stat().st_mtime_ns == 1
    assert (tmp_path / "b").stat().st_mtime_ns != 1


def test_a_text_that_starts_with_a_shebang_is_executable(tmp_path: Path) -> None:
    write({"run": "#!/bin/sh\n", "data": "x"}, tmp_path)
    assert mode_of(tmp_path / "run") & 0o111
    assert not mode_of(tmp_path / "data") & 0o111


def test_the_umask_is_respected(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write({"run": "#!/bin/sh\n", "data": "x"}, tmp_path)
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "run") == 0o700
    assert mode_of(tmp_path / "data") == 0o600


def test_a_lost_or_gained_executable_bit_is_drift_and_is_repaired(
    tmp_path: Path,
) -> None:
    files = {"run": "#!/bin/sh\n", "data": "x"}
    write(files, tmp_path)
    (tmp_path / "run").chmod(0o640)
    (tmp_path / "data").chmod(0o755)
    assert paths(compare(files, tmp_path).changed) == ["data", "run"]
    write(files, tmp_path)
    assert compare(files, tmp_path).fresh
    assert mode_of(tmp_path / "run") == 0o750
    assert mode_of(tmp_path / "data") == 0o644


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/tmp/x", "a/../b"])
def test_a_path_that_leaves_the_output_folder_is_refused(
    path: str, tmp_path: Path
) -> None:
    problems = write({path: "x", "good": "y"}, tmp_path / "out")
    assert codes(problems) == ["OutputPathEscapes"]
    assert [entry.name for entry in tmp_path.rglob("*")] == ["out", "good"]


@pytest.mark.parametrize("path", ["", ".", "a\0b", "\ud800"])
def test_what_is_no_file_name_is_refused(path: str, tmp_path: Path) -> None:
    assert codes(write({path: "x"}, tmp_path)) == ["InvalidOutputPath"]


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").write_text("precious")
    out = tmp_path / "out"
    out.mkdir()
    (out / "folder").symlink_to(elsewhere)
    (out / "file").symlink_to(elsewhere / "file")
    problems = write({"folder/new": "x", "file": "x"}, out)
    assert sorted(codes(problems)) == ["OutputPathEscapes", "OutputPathOccupied"]
    assert [entry.name for entry in elsewhere.iterdir()] == ["file"]
    assert (elsewhere / "file").read_text() == "precious"


def test_the_output_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")
    assert write({"a": "x"}, tmp_path / "out") == []
    assert (tmp_path / "real/a").read_text() == "x"


def test_a_folder_where_a_file_should_be_is_an_error_that_loses_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/inside").write_text("precious")
    problems = write({"a": "x", "b": "y"}, tmp_path)
    assert codes(problems) == ["OutputPathOccupied"]
    assert "folder" in problems[0].message
    assert (tmp_path / "a/inside").read_text() == "precious"
    assert (tmp_path / "b").read_text() == "y"


def test_a_file_where_a_folder_should_be_is_an_error_that_loses_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / "a").write_text("precious")
    assert codes(write({"a/b": "x"}, tmp_path)) == ["WriteFailed"]
    assert (tmp_path / "a").read_text() == "precious"


def test_a_path_that_is_both_a_file_and_a_folder_is_refused(tmp_path: Path) -> None:
    assert codes(compare({"a": "x", "a/b": "y"}, tmp_path).problems) == [
        "OutputPathOccupied"
    ]


def test_an_output_folder_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("precious")
    assert codes(write({"a": "x"}, tmp_path / "out")) == ["WriteFailed"]
    assert (tmp_path / "out").read_text() == "precious"


def test_text_that_is_no_unicode_is_an_error(tmp_path: Path) -> None:
    assert codes(write({"a": "\ud800"}, tmp_path)) == ["OutputUnreadable"]
