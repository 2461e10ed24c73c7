"""Every shared case of check, resolve, yaml and generate, against what Weaver really gave.

Each case runs ``swarmgen`` as a process of its own, as its user would, and is compared by
the suite's own runner.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("SWARMSH_SHARED", CHECKOUT.parent / "shared"))
CASES = SHARED / "conformance"
KINDS = ("check", "resolve", "yaml", "generate")
NEEDS_REGO = {
    "generate/policy-violation-blocks": "Rego policies come with a later version"
}


def _cases() -> list[object]:
    found = []
    for kind in KINDS:
        for spec in sorted(CASES.glob(f"{kind}/*/case.yaml")):
            name = f"{kind}/{spec.parent.name}"
            reason = NEEDS_REGO.get(name)
            marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
            found.append(pytest.param(name, id=name, marks=marks))
    return found


@pytest.fixture(scope="module")
def runner() -> ModuleType:
    """The suite's own runner as a module."""
    spec = importlib.util.spec_from_file_location("conformance_run", CASES / "run.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not CASES.is_dir(), reason=f"no conformance cases at {CASES}")
@pytest.mark.parametrize("name", _cases())
def test_swarmgen_gives_what_weaver_gave(name: str, runner: ModuleType) -> None:
    program = [sys.executable, "-m", "swarmgen"]
    problems = runner.run_case(CASES / name, program, [SHARED / "registries"])
    told = [line for title, lines in problems for line in (title, *lines)]
    assert not problems, "\n".join(told)
