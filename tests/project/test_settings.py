"""The project file: found, read, and criticised by line and column."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmgen.problems import Problem
from swarmgen.project.settings import Project, find_project_file, read_project
from swarmgen.project.toml_positions import positions

GOOD = """\
registry = "semconv"
[[targets]]
target = "python"
output = "generated/python"
"""


def read(
    folder: Path, text: str, name: str = "swarmgen.toml"
) -> tuple[Project | None, list[str]]:
    (folder / name).write_text(text, encoding="utf-8")
    project, problems = read_project(folder / name)
    return project, [in_short(problem) for problem in problems]


def in_short(problem: Problem) -> str:
    place = problem.location
    assert place
    return f"{place.line}:{place.column} {problem.code}"


def test_a_target_needs_a_registry_a_target_and_an_output(tmp_path: Path) -> None:
    project, problems = read(tmp_path, GOOD)
    assert problems == []
    assert project is not None
    assert project.root == tmp_path
    (target,) = project.targets
    assert (target.name, target.target, target.output) == (
        "python",
        "python",
        "generated/python",
    )


def test_targets_inherit_and_extend_what_the_project_says(tmp_path: Path) -> None:
    text = """\
registry = "semconv"
templates = "a"
keep = ["*.md"]
format = "black"
params = {one = 1, two = 2}
[[targets]]
target = "x"
output = "x"
[[targets]]
name = "other"
target = "x"
output = "y"
registry = "elsewhere"
templates = ["b", "c"]
keep = "py.typed"
format = "none"
v2 = true
params.two = [3]
"""
    project, problems = read(tmp_path, text)
    assert problems == []
    assert project is not None
    first, second = project.targets
    assert first.templates == ("a",)
    assert second.templates == ("b", "c")
    assert first.params == {"one": 1, "two": 2}
    assert second.params == {"one": 1, "two": [3]}
    assert second.keep == ("*.md", "py.typed")
    assert (first.format, second.format) == ("black", "none")
    assert (first.v2, second.v2) == (False, True)
    assert (first.registry, second.registry) == ("semconv", "elsewhere")


def test_an_unknown_key_is_a_warning_that_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "swarmgen.toml").write_text(GOOD + 'ouput = "x"\n')
    project, (problem,) = read_project(tmp_path / "swarmgen.toml")
    assert project is not None
    assert not problem.is_error
    assert in_short(problem) == "5:1 UnknownKey"
    assert problem.hint == "did you mean 'output'?"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("output = 3", "4:1 WrongType"),
        ('output = ""', "4:1 WrongType"),
        ('output = "x"\n  v2 = "yes"', "5:3 WrongType"),
        ('output = "x"\nformat = "blak"', "5:1 WrongType"),
        ('output = "x"\nkeep = ["a", 1]', "5:1 WrongType"),
        ('output = "x"\nparams = [1]', "5:1 WrongType"),
        ('output = "x"\nparams = {when = 1979-05-27}', "5:1 WrongType"),
        ("", "2:1 MissingKey"),
    ],
)
def test_a_wrong_value_is_an_error_at_its_key(
    line: str, expected: str, tmp_path: Path
) -> None:
    text = f'registry = "semconv"\n[[targets]]\ntarget = "python"\n{line}\n'
    assert read(tmp_path, text) == (None, [expected])


def test_all_errors_are_reported_not_the_first(tmp_path: Path) -> None:
    text = 'registry = 1\ntemplates = 2\n[[targets]]\ntarget = "x"\n[[targets]]\noutput = "y"\n'
    _, problems = read(tmp_path, text)
    assert problems == [
        "1:1 WrongType",
        "2:1 WrongType",
        "3:1 MissingKey",
        "5:1 MissingKey",
    ]


def test_no_target_is_an_error(tmp_path: Path) -> None:
    _, problems = read(tmp_path, 'registry = "semconv"\n')
    assert [problem.split()[1] for problem in problems] == ["NoTargets"]


def test_two_targets_of_one_name_need_another(tmp_path: Path) -> None:
    text = GOOD + '[[targets]]\ntarget = "python"\noutput = "other"\n'
    assert read(tmp_path, text) == (None, ["5:1 DuplicateTarget"])


@pytest.mark.parametrize(
    "output",
    ["generated/python", "./generated//python/", "generated", "generated/python/deep"],
)
def test_output_folders_in_each_other_are_refused(output: str, tmp_path: Path) -> None:
    text = GOOD + f'[[targets]]\ntarget = "bash"\noutput = "{output}"\n'
    assert read(tmp_path, text) == (None, ["7:1 NestedOutputs"])


@pytest.mark.parametrize("output", [".", "..", "semconv", "x/../semconv", "/"])
def test_an_output_folder_around_its_sources_is_refused(
    output: str, tmp_path: Path
) -> None:
    text = f'registry = "semconv"\n[[targets]]\ntarget = "a"\noutput = "{output}"\n'
    assert read(tmp_path, text) == (None, ["4:1 OutputHoldsSources"])


def test_text_that_is_no_toml_is_an_error_with_its_place(tmp_path: Path) -> None:
    assert read(tmp_path, "registry = \n") == (None, ["1:12 InvalidToml"])


def test_a_file_that_is_not_utf8_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "swarmgen.toml").write_bytes(b'registry = "\xff"\n')
    project, (problem,) = read_project(tmp_path / "swarmgen.toml")
    assert project is None
    assert problem.code == "UnreadableSettings"


def test_the_project_file_is_found_from_a_folder_below(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.swarmgen]\nregistry = "x"\n')
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.black]\n")
    assert find_project_file(deep) == tmp_path / "pyproject.toml"
    (tmp_path / "swarmgen.toml").write_text("")
    assert find_project_file(deep) == tmp_path / "swarmgen.toml"


def test_settings_in_pyproject_are_located_there(tmp_path: Path) -> None:
    text = '[project]\nname = "x"\n\n[tool.swarmgen]\nregistry = "r"\ntargets = [\n  {target = "a", output = 1},\n]\n'
    assert read(tmp_path, text, "pyproject.toml") == (None, ["7:18 WrongType"])


def test_keys_are_located_in_every_notation() -> None:
    text = '''\
a.b = {c = 1, "d e" = [{f = """x = 1
[g]""", h = ']'}, 2]}
[[t]] # comment = 1
  'k' = "\\"x"
[t.u]
v = 1.5e3
[[t]]
w = [
  1, # ]
]
'''
    places = positions(text)
    assert places["a", "b"] == (1, 3)
    assert places["a", "b", "c"] == (1, 8)
    assert places["a", "b", "d e", 0, "f"] == (1, 25)
    assert places["a", "b", "d e", 0, "h"] == (2, 9)
    assert places["t", 0, "k"] == (4, 3)
    assert places["t", 0, "u", "v"] == (6, 1)
    assert places["t", 1, "w"] == (8, 1)
    assert places["t", 1, "w", 0] == (9, 3)


@given(st.text(alphabet="ab[]{}=.,\"'#\n 1\\", max_size=60))
def test_locating_keys_ends_on_any_text(text: str) -> None:
    positions(text)
