"""A Jinja2 environment that behaves as Weaver's template engine (minijinja) does.

Templates are loaded, cached and compiled by Jinja2; what they mean is ours: ``lexer``,
``expressions`` and ``statements`` turn a template into a Python module that runs on
``runtime``. The language is that of minijinja 2.20 with its methods for Python's texts,
lists and maps, see https://docs.rs/minijinja/2.20.0/minijinja/syntax/.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import jinja2

from swarmgen.forge.errors import FilterError, TemplateError
from swarmgen.forge.kinds import TemplateFailure
from swarmgen.forge.lexer import TemplateSyntax, WhitespaceControl
from swarmgen.forge.loader import FolderLoader
from swarmgen.forge.runtime import Scope, State
from swarmgen.forge.statements import compile_template

__all__ = ["Environment", "TemplateSyntax", "WhitespaceControl", "make_environment"]

Functions = Mapping[str, Callable[..., Any]]
_FROM_TEXT = "<string>"


class Environment(jinja2.Environment):
    """Templates of one target folder.

    ``seconds`` is how long one rendering may take.
    """

    syntax: TemplateSyntax
    space: WhitespaceControl
    seconds: float
    _texts: dict[str, jinja2.Template]

    def render(
        self, template: str, variables: Mapping[str, Any], autoescape: str = "none"
    ) -> str:
        """Render the named template file; ``autoescape`` is none, html or json.

        Maps in ``variables`` are taken in the order of their keys. Raises
        ``TemplateError`` for whatever is wrong with the template, or with another one
        that it uses.
        """
        return self._rendered(
            template, lambda: self.get_template(template), variables, autoescape
        )

    def render_text(
        self, source: str, variables: Mapping[str, Any], autoescape: str = "none"
    ) -> str:
        """Render a template that is given as text; otherwise as ``render``."""
        return self._rendered(
            _FROM_TEXT, lambda: self._from_text(source), variables, autoescape
        )

    def _from_text(self, source: str) -> jinja2.Template:
        known = self._texts.get(source)
        if known is None:
            known = self._texts[source] = self.from_string(source)
        return known

    def compile(self, source: Any, *names: Any, **options: Any) -> Any:
        """Compile a template text; Jinja2 calls this for each template it loads."""
        name = names[0] if names else options.get("name")
        filename = names[1] if len(names) > 1 else options.get("filename")
        shown = name or _FROM_TEXT
        text = compile_template(str(source), shown, self.syntax, self.space)
        return compile(text, filename or shown, "exec")

    def _rendered(
        self,
        name: str,
        find: Callable[[], jinja2.Template],
        variables: Mapping[str, Any],
        autoescape: str,
    ) -> str:
        state = State(self, variables, autoescape, self.seconds)
        parts: list[str] = []
        try:
            template = find()
            blocks = cast("Mapping[str, Any]", template.blocks)
            state.blocks = {block: [body] for block, body in blocks.items()}
            root = cast("Callable[..., None]", template.root_render_func)
            root(state, Scope(state.base), parts.append)
        except TemplateError:
            raise
        except jinja2.TemplateNotFound as error:
            message = f"template {error.name!r} does not exist"
            raise TemplateError(name, None, message, "template not found") from error
        except Exception as error:
            raise _located(error, name) from error
        return "".join(parts)


def _located(error: Exception, name: str) -> TemplateError:
    """The error, with the place in the innermost template that it came from."""
    line: int | None = None
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        template = trace.tb_frame.f_globals.get("__jinja_template__")
        if template is not None:
            name = template.name or _FROM_TEXT
            line = template.get_corresponding_lineno(trace.tb_lineno)
        trace = trace.tb_next
    return TemplateError(name, line, *_explained(error))


def _explained(error: Exception) -> tuple[str, str]:
    """Message and kind."""
    if isinstance(error, TemplateFailure):
        return str(error), error.kind
    if isinstance(error, RecursionError):
        return "recursion limit exceeded", "invalid operation"
    if isinstance(error, MemoryError):
        return "the result would be too large", "limit exceeded"
    if isinstance(error, (FilterError, jinja2.TemplateError)):
        return str(error), "invalid operation"
    if isinstance(error, TypeError) and "argument" in str(error):
        return f"wrong arguments: {error}", "invalid operation"
    return f"{type(error).__name__}: {error}", "invalid operation"


_DEFAULT_SYNTAX = TemplateSyntax()
_DEFAULT_SPACE = WhitespaceControl()


def make_environment(
    folder: Path,
    syntax: TemplateSyntax = _DEFAULT_SYNTAX,
    whitespace: WhitespaceControl = _DEFAULT_SPACE,
    *,
    filters: Functions,
    tests: Functions,
    functions: Functions,
    seconds: float = 60.0,
) -> Environment:
    """An environment whose templates are the files of ``folder``.

    ``filters``, ``tests`` and ``functions`` come on top of minijinja's. They get the
    values of the template (``kinds``) and raise ``FilterError`` to refuse them; with
    ``jinja2.pass_environment`` they get this environment first. A rendering that takes
    longer than ``seconds`` is stopped: at its next round of a loop, or call of a macro,
    not within a filter.
    """
    from swarmgen.forge.filters import builtin

    environment = Environment(
        loader=FolderLoader(folder), auto_reload=False, cache_size=-1
    )
    environment.syntax = syntax
    environment.space = whitespace
    environment.seconds = seconds
    environment._texts = {}
    environment.filters = {**builtin.FILTERS, **filters}
    environment.tests = {**builtin.TESTS, **tests}
    environment.globals = {**builtin.FUNCTIONS, **functions}
    return environment
