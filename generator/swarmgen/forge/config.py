"""``weaver.yaml``: finding the files that apply to a target, and merging them.

Format: https://github.com/open-telemetry/weaver/blob/main/docs/weaver-config.md
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from swarmgen.forge.config_yaml import YamlError, locate, parse
from swarmgen.forge.environment import TemplateSyntax, WhitespaceControl
from swarmgen.forge.shapes import Choice, Fields, Keys, ListOf, MapOf, mismatches
from swarmgen.globs import GlobError, compile_glob
from swarmgen.problems import Location, Problem

WEAVER_YAML = "weaver.yaml"

_TEXTS = MapOf(str)
_SYNTAX = Fields(dict.fromkeys(TemplateSyntax.__dataclass_fields__, str))
_WHITESPACE = Fields(dict.fromkeys(WhitespaceControl.__dataclass_fields__, bool))
_ENTRY = Fields(
    {
        "template": str,
        "pattern": str,
        "filter": str,
        "application_mode": Choice(("single", "each")),
        "params": MapOf(Any),
        "file_name": str,
        "auto_escape": Choice(("none", "html", "json")),
        "when": str,
    },
    required=("application_mode",),
)
_COMMENT_FORMAT = Fields(
    {
        "format": Choice(("markdown", "html")),
        "header": str,
        "prefix": str,
        "footer": str,
        "indent_type": Choice(("Space", "Tab")),
        "trim": bool,
        "remove_trailing_dots": bool,
        "enforce_trailing_dots": bool,
        "word_wrap": Fields({"line_length": int, "ignore_newlines": bool}),
        "escape_backslashes": bool,
        "escape_square_brackets": bool,
        "indent_first_level_list_items": bool,
        "shortcut_reference_link": bool,
        "default_block_code_language": str,
        "use_go_style_list_indent": bool,
        "old_style_paragraph": bool,
        "omit_closing_li": bool,
        "inline_code_snippet": str,
        "block_code_snippet": str,
    },
    required=("format",),
)
_WEAVER_YAML = Fields(
    {
        "type_mapping": _TEXTS,
        "text_maps": MapOf(_TEXTS),
        "template_syntax": _SYNTAX,
        "whitespace_control": _WHITESPACE,
        "comment_formats": MapOf(_COMMENT_FORMAT),
        "default_comment_format": str,
        "params": MapOf(Any),
        "templates": ListOf(_ENTRY),
        "acronyms": ListOf(str),
        "context": Choice(("v1", "v2")),
    }
)


@dataclass(frozen=True)
class Source:
    """A ``weaver.yaml`` that was read."""

    path: str
    text: str

    def at(self, *keys: str | int) -> Location:
        """Where a key of the file is."""
        return locate(self.path, self.text, keys)


@dataclass(frozen=True)
class Entry:
    """One item of ``templates``: which files it is about, and what to do with them."""

    source: Source
    index: int
    template: str
    mode: str
    filter: str = "."
    params: Mapping[str, Any] = field(default_factory=dict)
    file_name: str | None = None
    auto_escape: str = "none"
    when: str | None = None

    def at(self, key: str) -> Location:
        """Where a key of this entry is."""
        return self.source.at("templates", self.index, key)


@dataclass(frozen=True)
class Config:
    """Everything that the ``weaver.yaml`` files of a target say together.

    ``context`` is swarmgen's own key (``v1`` or ``v2``): the schema of the context that
    the templates are written for; ``None`` leaves it to ``--v2``.
    """

    entries: tuple[Entry, ...] = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    text_maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    type_mapping: Mapping[str, str] = field(default_factory=dict)
    acronyms: tuple[str, ...] = ()
    syntax: TemplateSyntax = field(default_factory=TemplateSyntax)
    whitespace: WhitespaceControl = field(default_factory=WhitespaceControl)
    comment_formats: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    default_comment_format: str = "default"
    context: str | None = None


def load_config(
    folder: Path, configs: Sequence[Path] | None = None
) -> tuple[Config | None, list[Problem], list[str]]:
    """The configuration of a target folder, what is wrong with it, and the paths looked at.

    The files are ``configs`` in their order, or else ``~/.weaver/weaver.yaml`` and the
    ``weaver.yaml`` of each folder from the root down to ``folder``. A later file
    overrides an earlier one. The configuration is None if a file cannot be used; the
    paths are absolute and hold those of files that do not exist.
    """
    candidates = [path.absolute() for path in configs or _lookup(folder)]
    problems: list[Problem] = []
    config = Config()
    for path in candidates:
        if configs is None and not path.is_file():
            continue
        source, value, wrong = _read(path)
        problems += wrong
        if source and not wrong:
            config = _override(config, value, source)
    return (None if problems else config), problems, [str(path) for path in candidates]


def _lookup(folder: Path) -> list[Path]:
    home = [Path(os.environ["HOME"]) / ".weaver"] if os.environ.get("HOME") else []
    folder = folder.resolve()
    return [place / WEAVER_YAML for place in (*home, *reversed(folder.parents), folder)]


def _read(path: Path) -> tuple[Source | None, dict[str, Any], list[Problem]]:
    try:
        source = Source(str(path), path.read_text(encoding="utf-8-sig"))
        value = parse(source.text)
    except (OSError, UnicodeDecodeError) as error:
        return None, {}, [_invalid(Location(str(path)), str(error), str(path))]
    except YamlError as error:
        where = Location(str(path), error.line, error.column)
        return None, {}, [_invalid(where, str(error), str(path))]
    value = {} if value is None else value
    wrong = list(mismatches(value, _WEAVER_YAML)) or list(_wrong_templates(value))
    problems = [_invalid(source.at(*keys), text, source.path) for keys, text in wrong]
    return source, value, problems


def _wrong_templates(value: Mapping[str, Any]) -> list[tuple[Keys, str]]:
    """What a shape cannot say about ``templates``: its globs."""
    wrong: list[tuple[Keys, str]] = []
    for index, item in enumerate(value.get("templates") or ()):
        key = "template" if item.get("template") is not None else "pattern"
        if item.get(key) is None:
            wrong.append((("templates", index), "missing key `template`"))
            continue
        try:
            compile_glob(item[key])
        except GlobError as error:
            wrong.append((("templates", index, key), str(error)))
    return wrong


def _invalid(where: Location, error: str, path: str) -> Problem:
    return Problem(
        "InvalidConfigFile",
        f"invalid configuration: {error}",
        location=where,
        hint="https://github.com/open-telemetry/weaver/blob/main/docs/weaver-config.md",
        fields={"config_file": path, "error": error},
    )


def _override(config: Config, value: Mapping[str, Any], source: Source) -> Config:
    """``config`` with what a later file says."""
    given = {key: item for key, item in value.items() if item is not None}
    changes: dict[str, Any] = {
        key: given[key]
        for key in (
            "text_maps",
            "type_mapping",
            "comment_formats",
            "default_comment_format",
            "context",
        )
        if key in given
    }
    if "acronyms" in given:
        changes["acronyms"] = tuple(given["acronyms"])
    if "templates" in given:
        items = enumerate(given["templates"])
        changes["entries"] = tuple(_entry(item, i, source) for i, item in items)
    params = {**config.params, **given.get("params", {})}
    return replace(
        config,
        params={key: item for key, item in params.items() if item is not None},
        syntax=_updated(config.syntax, given.get("template_syntax", {})),
        whitespace=_updated(config.whitespace, given.get("whitespace_control", {})),
        **changes,
    )


def _updated(old: Any, given: Mapping[str, Any]) -> Any:
    """A dataclass value with those of its fields replaced that are given."""
    names = [
        name for name in type(old).__dataclass_fields__ if given.get(name) is not None
    ]
    return replace(old, **{name: given[name] for name in names})


def _entry(item: Mapping[str, Any], index: int, source: Source) -> Entry:
    given = {key: value for key, value in item.items() if value is not None}
    return Entry(
        source=source,
        index=index,
        template=given.get("template") or given["pattern"],
        mode=given["application_mode"],
        filter=given.get("filter", "."),
        params=given.get("params", {}),
        file_name=given.get("file_name"),
        auto_escape=given.get("auto_escape", "none"),
        when=given.get("when"),
    )
