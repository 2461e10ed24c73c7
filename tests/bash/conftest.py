"""The helpers of this folder and of tests/runtime can be imported by its tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "runtime"))


@pytest.fixture
def dumps(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Folds journals by both languages and gives both dumps of each."""
    from twin import fold_both

    return lambda journals, records: fold_both(tmp_path, journals, records)
