"""``pytest tests/golden --rewrite-golden`` rewrites the expected trees."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-golden", action="store_true", help="rewrite expected trees"
    )


@pytest.fixture
def rewrite(request: pytest.FixtureRequest) -> bool:
    """Whether expected trees are to be rewritten instead of compared."""
    return bool(request.config.getoption("--rewrite-golden", default=False))
