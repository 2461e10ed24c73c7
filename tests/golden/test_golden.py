"""One folder is one case: a registry, and the tree that it gives.

``<case>/registry`` is generated with each target of ``<case>/templates/registry``, or
with the built-in targets that ``<case>/case.yaml`` lists. Where that file has patterns of
``contents``, ``<case>/expected`` holds the files that match, and ``names.txt`` the names
of all. ``make golden`` rewrites ``expected``; read the diff before committing it.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from swarmgen.cache import open_cache
from swarmgen.output.patch import patch
from swarmgen.output.tree import compare, write
from swarmgen.pipeline import Request, Session, produce

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/registry"))


def settings_of(case: Path) -> dict[str, Any]:
    file = case / "case.yaml"
    return dict(yaml.safe_load(file.read_text())) if file.is_file() else {}


def generated(case: Path) -> dict[str, str]:
    """What the case gives, reduced to what it is about."""
    settings = settings_of(case)
    own = case / "templates" / "registry"
    targets = settings.get("targets") or sorted(f.name for f in own.iterdir())
    session = Session(open_cache(enabled=False))
    files = {}
    for target in targets:
        request = Request("registry", target, templates=("templates",))
        product = produce(request, session)
        assert [p for p in product.problems if p.is_error] == []
        assert list(product.collisions) == []
        files.update({f"{target}/{path}": text for path, text in product.files.items()})
    return reduced(files, settings["contents"]) if "contents" in settings else files


def reduced(files: dict[str, str], patterns: list[str]) -> dict[str, str]:
    wanted = {
        path: text
        for path, text in files.items()
        if any(fnmatchcase(path, pattern) for pattern in patterns)
    }
    return {**wanted, "names.txt": "".join(f"{path}\n" for path in sorted(files))}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_gives_its_expected_tree(
    case: Path, rewrite: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(case)
    files = generated(case)
    assert files
    expected = case / "expected"
    drift = compare(files, expected)
    if rewrite:
        assert write(files, expected) == []
        for path in drift.unexpected:
            (expected / path).unlink()
        drift = compare(files, expected)
    changes = [*drift.changed, *drift.missing]
    assert not changes, "".join(patch(change, "expected") for change in changes)
    assert drift.unexpected == ()


def test_every_case_is_about_something() -> None:
    for case in CASES:
        assert any((case / "expected").rglob("*")), case
        assert (case / "templates").is_dir() or settings_of(case).get("targets"), case
