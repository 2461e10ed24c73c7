"""``swarmgen registry generate`` from its arguments to the files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from swarmgen.commands import main

REGISTRY = """\
groups:
  - id: registry.shop
    type: attribute_group
    brief: A shop.
    attributes:
      - {id: shop.name, type: string, brief: Name., stability: stable, examples: [a]}
"""
WEAVER_YAML = """\
params: {a: default}
templates:
  - {template: t.txt.j2, filter: "[semconv_attributes[].name]", application_mode: single}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry and a templates folder in the working folder."""
    files = {
        "registry/shop.yaml": REGISTRY,
        "templates/registry/x/weaver.yaml": WEAVER_YAML,
        "templates/registry/x/t.txt.j2": "{{ ctx | join }} {{ params.a }}",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def run(*arguments: str) -> Result:
    command = ["registry", "generate", *arguments, "-r", "registry"]
    return CliRunner().invoke(main, command)


def codes(*arguments: str) -> list[str]:
    result = run(*arguments, "--diagnostic-format", "json", "--diagnostic-stdout")
    assert result.exit_code == 1
    return [_innermost(item["error"]) for item in json.loads(result.stdout)]


def _innermost(error: dict[str, object]) -> str:
    ((name, inner),) = error.items()
    keys = list(inner) if isinstance(inner, dict) else []
    return _innermost(inner) if len(keys) == 1 and keys[0][:1].isupper() else name  # type: ignore[arg-type]


def test_templates_is_the_default_folder(shop: Path) -> None:
    assert run("x", "out").exit_code == 0
    assert (shop / "out" / "t.txt").read_text() == "shop.name default"


def test_output_is_the_default_output(shop: Path) -> None:
    assert run("x").exit_code == 0
    assert (shop / "output" / "t.txt").exists()


def test_parameters_of_the_command_line_are_yaml(shop: Path) -> None:
    (shop / "p.yaml").write_text("params: {a: file}")
    assert run("x", "out", "--params", "p.yaml").exit_code == 0
    assert (shop / "out" / "t.txt").read_text() == "shop.name file"
    assert run("x", "out", "--params", "p.yaml", "-D", "a=1e3").exit_code == 0
    assert (shop / "out" / "t.txt").read_text() == "shop.name 1000.0"


def test_a_target_that_comes_with_swarmgen_needs_no_templates(shop: Path) -> None:
    assert run("markdown", "out").exit_code == 0
    assert list((shop / "out").rglob("*.md"))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nope", "out", "-t", "templates"], "TargetNotSupported"),
        (["../..", "out", "-t", "templates"], "TargetNotSupported"),
        (["x", "out", "-c", "any.yaml"], "InvalidConfigFile"),
        (["x", "out", "-D", "nothing"], "InvalidParam"),
        (["x", "out", "-D", "a=["], "InvalidParam"),
        (["x", "out", "--params", "missing.yaml"], "InvalidParams"),
    ],
)
def test_wrong_arguments_are_told_and_nothing_is_written(
    shop: Path, arguments: list[str], code: str
) -> None:
    assert codes(*arguments) == [code]
    assert not (shop / "out").exists()


def test_a_misspelt_target_names_the_nearest(shop: Path) -> None:
    result = run("markdwon", "out")
    assert result.exit_code == 1
    assert "did you mean `markdown`?" in result.output


def test_a_policy_is_never_passed_over_in_silence(shop: Path) -> None:
    (shop / "registry" / "p.rego").write_text("package after_resolution\n")
    assert "UnsupportedPolicy" in codes("x", "out")
    assert (shop / "out" / "t.txt").exists()
    assert run("x", "out", "--skip-policies").exit_code == 0
