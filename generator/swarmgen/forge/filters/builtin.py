"""minijinja's own filters, tests and functions, by name.

Their names, arguments and results are those of minijinja 2.20 and of the part of
minijinja-contrib that Weaver has (https://docs.rs/minijinja/2.20.0/minijinja/filters/).
A function marked with ``takes_keywords = False`` knows no keyword arguments: it gets
them as one more value, a map.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from swarmgen.forge.filters import (
    builtin_functions,
    builtin_groups,
    builtin_lists,
    builtin_numbers,
    builtin_tests,
    builtin_texts,
)

Functions = dict[str, Callable[..., Any]]

FILTERS: Functions = {
    **builtin_texts.FILTERS,
    **builtin_numbers.FILTERS,
    **builtin_lists.FILTERS,
    **builtin_groups.FILTERS,
}
TESTS: Functions = builtin_tests.TESTS
FUNCTIONS: Functions = builtin_functions.FUNCTIONS
