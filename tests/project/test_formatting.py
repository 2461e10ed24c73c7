"""Formatters: black and shfmt, as settings of a project and by themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from swarmgen.cache import Cache
from swarmgen.output import formatting
from swarmgen.output.formatting import format_files

NOTHING = Cache(None)
UGLY = "x = { 'a':1 }\n"
NICE = 'x = {"a": 1}\n'


@pytest.fixture
def memory(tmp_path: Path) -> Cache:
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    return Cache(folder)


def test_black_formats_python_and_nothing_else() -> None:
    files = {"a.py": UGLY, "b.pyi": "def f():\n    ...\n", "c.txt": UGLY}
    formatted, problems = format_files(files, "black", NOTHING)
    assert problems == []
    assert formatted == {"a.py": NICE, "b.pyi": "def f(): ...\n", "c.txt": UGLY}


def test_shfmt_formats_scripts_by_name_or_first_line() -> None:
    ugly, nice = "if true;then\n  echo  x\nfi\n", "if true; then\n\techo x\nfi\n"
    shebang = "#!/usr/bin/env bash\n"
    files = {"a.sh": ugly, "b": shebang + ugly, "c.txt": ugly, "d": ugly}
    formatted, problems = format_files(files, "shfmt", NOTHING)
    assert problems == []
    assert formatted == {"a.sh": nice, "b": shebang + nice, "c.txt": ugly, "d": ugly}


@pytest.mark.parametrize(
    ("format", "name", "text"),
    [("black", "a.py", "x = (\n"), ("shfmt", "a.sh", "if\n")],
)
def test_a_text_that_is_rejected_stays_and_the_others_are_formatted(
    format: str, name: str, text: str
) -> None:
    fine = {"black": UGLY, "shfmt": "echo  x\n"}[format]
    files = {name: text, f"fine-{name}": fine}
    formatted, (problem,) = format_files(files, format, NOTHING)
    assert formatted[name] == text
    assert formatted[f"fine-{name}"] != fine
    assert problem.code == "FormatFailed"
    assert repr(name) in problem.message


def test_a_formatted_text_is_remembered_by_its_content(
    memory: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert format_files({"a.py": UGLY}, "black", memory)[0] == {"a.py": NICE}

    asked: list[str] = []

    def black(texts: list[tuple[str, str]]) -> list[formatting.Outcome]:
        asked.extend(text for _, text in texts)
        return [(text, "") for _, text in texts]

    monkeypatch.setattr(formatting, "_black", black)
    assert format_files({"other.py": UGLY}, "black", memory)[0] == {"other.py": NICE}
    assert asked == []
    format_files({"a.py": UGLY + "\n"}, "black", memory)
    assert asked == [UGLY + "\n"]


def test_many_texts_are_formatted_in_their_own_places() -> None:
    files = {f"{n}.py": f"x = {{ 'a':{n} }}\n" * 200 for n in range(40)}
    formatted, problems = format_files(files, "black", NOTHING)
    assert problems == []
    assert formatted == {f"{n}.py": f'x = {{"a": {n}}}\n' * 200 for n in range(40)}


@pytest.fixture
def project(make_project: Callable[[dict[str, str]], Path]) -> Path:
    return make_project(
        {
            "swarmgen.toml": """\
registry = "semconv"
templates = "templates"
[[targets]]
target = "text"
output = "out"
format = "black"
""",
            "templates/registry/text/weaver.yaml": """\
templates:
  - template: group.txt.j2
    filter: .groups
    application_mode: each
    file_name: "{{ ctx.id }}.py"
""",
            "templates/registry/text/group.txt.j2": "{{ ctx.id }} = ( 1 )\n",
        }
    )


def test_a_project_is_generated_formatted(
    project: Path, swarmgen: Callable[..., Result]
) -> None:
    assert swarmgen("generate").exit_code == 0
    assert (project / "out/one.py").read_text() == "one = 1\n"
    assert swarmgen("generate", "--check").exit_code == 0


def test_python_that_black_cannot_parse_is_an_error_and_nothing_is_written(
    project: Path, swarmgen: Callable[..., Result]
) -> None:
    template = project / "templates/registry/text/group.txt.j2"
    template.write_text("x = 1\n{{ ctx.id }} = = 2\n")
    result = swarmgen("generate")
    assert result.exit_code == 2
    assert "swarmgen.toml:4:1: error[FormatFailed]" in result.stderr
    assert "'one.py'" in result.stderr
    assert "2:6" in result.stderr
    assert not (project / "out").exists()
