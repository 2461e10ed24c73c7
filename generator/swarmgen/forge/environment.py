"""A Jinja2 environment that behaves as Weaver's template engine (minijinja) does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from swarmgen.forge.errors import TemplateError

Functions = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class TemplateSyntax:
    """The six delimiters of a template; the defaults are Weaver's."""

    block_start: str = "{%"
    block_end: str = "%}"
    variable_start: str = "{{"
    variable_end: str = "}}"
    comment_start: str = "{#"
    comment_end: str = "#}"


@dataclass(frozen=True, slots=True)
class WhitespaceControl:
    """How white space around blocks is kept; the defaults are Weaver's."""

    trim_blocks: bool = False
    lstrip_blocks: bool = False
    keep_trailing_newline: bool = False


class Environment(jinja2.Environment):
    """Templates of one target folder."""

    def render(
        self, template: str, variables: Mapping[str, Any], autoescape: str = "none"
    ) -> str:
        """Render the named template file.

        Raises ``TemplateError`` for whatever is wrong with the template.
        """
        try:
            return self.get_template(template).render(variables)
        except jinja2.TemplateError as error:
            line = getattr(error, "lineno", None)
            raise TemplateError(template, line, str(error)) from error

    def render_text(
        self, source: str, variables: Mapping[str, Any], autoescape: str = "none"
    ) -> str:
        """Render a template that is given as text."""
        try:
            return self.from_string(source).render(variables)
        except jinja2.TemplateError as error:
            raise TemplateError("<string>", None, str(error)) from error


def _printed(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return str(value).lower()
    return value


def make_environment(
    folder: Path,
    syntax: TemplateSyntax = TemplateSyntax(),  # noqa: B008
    whitespace: WhitespaceControl = WhitespaceControl(),  # noqa: B008
    *,
    filters: Functions,
    tests: Functions,
    functions: Functions,
) -> Environment:
    """An environment whose templates are the files of ``folder``."""
    environment = Environment(
        loader=jinja2.FileSystemLoader(folder),
        block_start_string=syntax.block_start,
        block_end_string=syntax.block_end,
        variable_start_string=syntax.variable_start,
        variable_end_string=syntax.variable_end,
        comment_start_string=syntax.comment_start,
        comment_end_string=syntax.comment_end,
        trim_blocks=whitespace.trim_blocks,
        lstrip_blocks=whitespace.lstrip_blocks,
        keep_trailing_newline=whitespace.keep_trailing_newline,
        extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
        finalize=_printed,
    )
    environment.filters.update(filters)
    environment.tests.update(tests)
    environment.globals.update(functions)
    return environment
