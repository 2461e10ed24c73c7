"""The filter ``comment``: Markdown as a comment of a programming language.

The formats come from ``comment_formats`` in weaver.yaml.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from swarmgen.forge.errors import FilterError
from swarmgen.forge.filters import comment_html, comment_markdown
from swarmgen.forge.filters.text import split_lines
from swarmgen.forge.filters.values import is_undefined, natural, text_of
from swarmgen.forge.markdown_tree import parse_markdown
from swarmgen.forge.wrapping import WrappedText

_BLANKS = {"space": " ", "tab": "\t"}


@dataclass(frozen=True)
class _Frame:
    """What stands around the lines of one comment."""

    header: str
    prefix: str
    footer: str
    indent: str

    def around(self, body: str, trim: bool) -> str:
        """The finished comment. The first line is not indented: the template did that."""
        result = ""
        for line in split_lines(body):
            opening = not self.header and not result
            line = ("" if opening else self.indent) + self.prefix + line
            line = line.rstrip() if trim else line
            result += ("\n" if result else "") + line
        if self.header:
            result = f"{self.header}\n{result}"
        if self.footer:
            result = f"{result.rstrip()}\n{self.indent}{self.footer}"
        return result.rstrip()


def comment_filter(
    formats: Mapping[str, Mapping[str, Any]],
    default: str,
    snippet: comment_html.Snippet,
) -> Callable[..., str]:
    """The filter for the given formats; ``snippet`` renders the templates in them."""

    def comment(value: Any, /, **options: Any) -> str:
        if is_undefined(value):
            return ""
        name = _option(options, "format", default)
        settings = formats.get(name)
        if settings is None:
            known = ", ".join(formats) or "none"
            raise FilterError(f"comment format `{name}` is not configured ({known} are)")
        frame = _frame(settings, options)
        body = _tidied(_joined(value), settings, name)
        out = _paper(settings, options, len(frame.indent) + _bytes(frame.prefix))
        return frame.around(
            _rendered(body, settings, out, snippet), settings.get("trim", True)
        )

    return comment


def _option(options: Mapping[str, Any], name: str, default: str) -> str:
    return text_of(options[name]) if name in options else default


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _joined(value: Any) -> str:
    """The text of a value; the items of a list are lines."""
    if isinstance(value, (list, tuple)):
        return "\n".join(text_of(item) for item in value)
    return text_of(value)


def _tidied(body: str, settings: Mapping[str, Any], name: str) -> str:
    """``body`` trimmed and with the dots at its end as the format wants them."""
    remove = settings.get("remove_trailing_dots")
    enforce = settings.get("enforce_trailing_dots")
    body = body.strip() if settings.get("trim", True) else body
    if remove and enforce:
        raise FilterError(
            f"comment format `{name}`: remove_trailing_dots and enforce_trailing_dots"
            " exclude each other"
        )
    if remove:
        body = body.rstrip(".")
    return body + "." if enforce and body and not body.endswith(".") else body


def _frame(settings: Mapping[str, Any], options: Mapping[str, Any]) -> _Frame:
    kind = _option(options, "indent_type", settings.get("indent_type", "Space").lower())
    if kind not in _BLANKS:
        raise FilterError(f"indent_type must be 'space' or 'tab', not '{kind}'")
    texts = {
        name: _option(options, name, settings.get(name) or "")
        for name in ("header", "prefix", "footer")
    }
    return _Frame(**texts, indent=_BLANKS[kind] * (natural(options.get("indent")) or 0))


def _paper(
    settings: Mapping[str, Any], options: Mapping[str, Any], margin: int
) -> WrappedText:
    wrap = settings.get("word_wrap") or {}
    length = natural(options.get("line_length"))
    length = wrap.get("line_length") if length is None else length
    if length is not None:
        # Weaver subtracts without a sign: a margin beyond the limit lifts the limit.
        length = (length - margin) % 2**64
    return WrappedText(length, bool(wrap.get("ignore_newlines")))


def _rendered(
    body: str,
    settings: Mapping[str, Any],
    out: WrappedText,
    snippet: comment_html.Snippet,
) -> str:
    tree = parse_markdown(body)
    given = {key: value for key, value in settings.items() if value is not None}
    if settings["format"] == "html":
        options = comment_html.options_from(given)
        return comment_html.to_html(tree, options, out, snippet)
    return comment_markdown.to_markdown(
        tree, comment_markdown.options_from(given), out
    )
