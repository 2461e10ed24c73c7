"""Problems as text."""

from __future__ import annotations

from swarmgen.problems import Location, Problem, Severity
from swarmgen.report import for_people, github_annotations


def alike(count: int, severity: Severity) -> list[Problem]:
    return [
        Problem("Same", "the same words", severity, Location(f"{number}.yaml", 1, 1))
        for number in range(count)
    ]


def test_warnings_that_say_the_same_of_many_files_are_printed_once() -> None:
    assert for_people(alike(27, Severity.WARNING)) == (
        "0.yaml:1:1: warning[Same]: the same words\n  the same in 26 more places\n"
    )


def test_a_few_warnings_and_all_errors_are_printed_one_by_one() -> None:
    assert for_people(alike(3, Severity.WARNING)).count("the same words") == 3
    assert for_people(alike(27, Severity.UNSET)).count("the same words") == 27


def test_annotations_name_every_place() -> None:
    assert github_annotations(alike(27, Severity.WARNING)).count("::warning ") == 27
