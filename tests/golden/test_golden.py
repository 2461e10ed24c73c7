"""One folder is one case: a registry, optionally templates, and the tree they give.

``<case>/registry`` is generated with each target of ``<case>/templates/registry``, or,
without templates, with the built-in target that the case's name ends in after ``--``.
``make golden`` rewrites ``<case>/expected``; read the diff before committing it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from swarmgen.cache import Inputs, open_cache
from swarmgen.output.patch import patch
from swarmgen.output.tree import compare, write
from swarmgen.pipeline import Request, produce

HERE = Path(__file__).parent
CASES = sorted(path.parent for path in HERE.glob("*/registry"))


def generated(case: Path) -> dict[str, str]:
    builtin = case.name.partition("--")[2]
    own = case / "templates" / "registry"
    targets = [builtin] if builtin else sorted(folder.name for folder in own.iterdir())
    files = {}
    for target in targets:
        request = Request(
            "registry", target, templates=() if builtin else ("templates",)
        )
        product = produce(request, open_cache(enabled=False), Inputs())
        assert [p for p in product.problems if p.is_error] == []
        assert list(product.collisions) == []
        files.update({f"{target}/{path}": text for path, text in product.files.items()})
    return files


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
