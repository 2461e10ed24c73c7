"""docs/project-file.md: its examples work, and it names every key and member."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import Result

from swarmgen.cache import LIMIT
from swarmgen.project import settings
from swarmgen.project.settings import read_project

GUIDE = (Path(__file__).parents[2] / "docs/project-file.md").read_text()
ROW = re.compile(r"^\| `(\w+)` \| (project|target|both) \|", re.M)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.S)


def test_the_project_file_of_the_guide_is_a_good_one(tmp_path: Path) -> None:
    (example,) = blocks("toml")
    for folder in ("semconv", "templates"):
        (tmp_path / folder).mkdir()
    (tmp_path / "swarmgen.toml").write_text(example)
    project, problems = read_project(tmp_path / "swarmgen.toml")
    assert problems == []
    assert project is not None
    assert [target.name for target in project.targets] == ["python", "reference"]
    assert project.targets[1].params == {"owner": "the shop", "namespace_segments": 2}


def test_the_guide_names_every_key_and_where_it_may_stand() -> None:
    where = dict(ROW.findall(GUIDE))
    project, target = settings._PROJECT_KEYS, settings._TARGET_KEYS
    assert where == {
        key: (
            "both"
            if key in project and key in target
            else "project" if key in project else "target"
        )
        for key in {**project, **target}
    }


def test_the_guide_names_every_format_and_the_limit_of_the_cache() -> None:
    (row,) = (line for line in GUIDE.splitlines() if line.startswith("| `format`"))
    assert all(f"`{name}`" in row for name in settings.FORMATS)
    assert f"at most {LIMIT // 2**20} MiB" in GUIDE


def test_the_commands_of_the_guide_print_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swarmgen: Callable[..., Result]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (block,) = blocks("console")
    output = ""
    for line in block.splitlines():
        words = shlex.split(line[2:])
        if line.startswith("> "):
            assert line[2:] in output.splitlines()
        elif words[0] == "cd":
            monkeypatch.chdir(words[1])
        else:
            result = swarmgen(*words[1:])
            assert result.exit_code == 0, result.output
            output = result.output


def test_the_guide_names_every_member_of_the_json_value(
    make_project: Callable[[dict[str, str]], Path], swarmgen: Callable[..., Result]
) -> None:
    project = make_project({})
    swarmgen("generate")
    (project / "out/one.txt").write_text("by hand")
    (project / "out/two.txt").unlink()
    (project / "out/stray").write_text("")
    answer = json.loads(swarmgen("generate", "--check", "--format", "json").stdout)
    table = GUIDE.partition("Members of the JSON value")[2].partition("###")[0]
    (target,) = answer["targets"]
    for member in [*answer, *target, *target["changed"][0], *target["unexpected"][0]]:
        assert re.search(rf"[`.]{member}(\[\])?[`.\[]", table), member


def test_the_workflow_of_the_guide_is_that_of_new_projects_in_short() -> None:
    workflow, hooks = map(yaml.safe_load, blocks("yaml"))
    new = Path(settings.__file__).parent / "new_project/.github/workflows"
    (file,) = new.iterdir()
    steps = yaml.safe_load(file.read_text())["jobs"]["drift"]["steps"]
    assert all(step in steps for step in workflow["jobs"]["drift"]["steps"])
    assert hooks["repos"][0]["hooks"][0]["entry"] == "swarmgen generate --check"
