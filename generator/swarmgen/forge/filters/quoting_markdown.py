"""Filters that put texts and values of a registry into Markdown.

Briefs and notes are Markdown themselves. They are parsed, and what is inert is written
anew: paragraphs, lists, quotes, code, emphasis, tables, and links to the web.
Everything else, HTML first of all, comes out as the text that it is. So a value can
neither break out of its place nor bring an element of its own.

Sources: CommonMark 0.31 (https://spec.commonmark.org), GitHub Flavored Markdown 0.29
(https://github.github.com/gfm/), Mermaid's entity codes
(https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# What is invisible or reorders text (https://trojansource.codes): shown by its number.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
# Markup in running text, and what begins a block at the start of a line.
_MARKUP = re.compile(r"[\\`*_\[\]|~$]")
_INNER_UNDERSCORE = re.compile(r"(?<=[A-Za-z0-9])\\_(?=[A-Za-z0-9])")
_BLOCK_START = re.compile(r"^(\s*)([#+=:-]|\d{1,9}(?=[.)]))")
_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
# Where a link may lead; relative ones are about other pages than ours.
_SAFE_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>\\]+", re.ASCII)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ,.;'()/%?-]*(?<![ ])")
_ANCHOR = re.compile(r"[^A-Za-z0-9._-]+")
_NO_MERMAID = re.compile(r"[^A-Za-z0-9_. ()-]")


def _visible(text: str) -> str:
    text = text.replace("\r\n", "\n")
    return _HIDDEN.sub(lambda found: f"U+{ord(found.group()):04X}", text)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"maxNesting": 20}).enable("table")


@lru_cache(maxsize=20_000)
def _blocks(text: str) -> str:
    clean = _visible(text).strip()
    if _PLAIN.fullmatch(clean):
        return clean
    return _Writer(_parser().parse(clean)).blocks()


def markdown_text(value: object) -> str:
    """Block text: a brief or note as paragraphs, lists, code and tables.

    The text stands between blank lines, at the start of a line.
    """
    return _blocks(str(value))


@lru_cache(maxsize=20_000)
def _line(text: str) -> str:
    clean = " ".join(_visible(text).split())
    if _PLAIN.fullmatch(clean):
        return clean
    tokens = _parser().parseInline(clean)
    return _at_start(_inline(tokens[0].children or []))


def markdown_line(value: object) -> str:
    """Text on one line, with inline markup only; also in a cell of a table."""
    return _line(str(value))


def markdown_code(value: object) -> str:
    """A value as inline code, anywhere on a line, also in a cell of a table.

    Where code spans are ambiguous (backticks, pipes, line breaks, nothing at all) it is
    a ``<code>`` element whose content is written in character references.
    """
    text = _visible(str(value))
    if text.strip() == text and text and not re.search(r"[`|\n\\]", text):
        return f"`{text}`"
    return f"<code>{_references(text)}</code>"


def _references(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9 ,]", lambda found: f"&#{ord(found.group())};", text)


def markdown_anchor(value: object) -> str:
    """The name of an anchor: the value's letters, digits, dots, ``_`` and ``-``."""
    return _ANCHOR.sub("-", str(value)) or "-"


def markdown_page(value: object) -> str:
    """A whole page with single blank lines only, and one newline at its end."""
    text = re.sub(r"[ \t]+\n", "\n", str(value)).strip("\n")
    return re.sub(r"\n{3,}", "\n\n", text) + "\n"


def mermaid_text(value: object) -> str:
    """Text of a label in a Mermaid diagram."""
    return _NO_MERMAID.sub(lambda found: f"#{ord(found.group())};", str(value))


def _text(text: str) -> str:
    """Running text with every character that could be markup escaped."""
    text = _MARKUP.sub(lambda found: "\\" + found.group(), text)
    text = _INNER_UNDERSCORE.sub("_", text)
    return _ENTITY.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def _at_start(text: str) -> str:
    """A line of text that begins no block."""

    def escaped(found: re.Match[str]) -> str:
        mark = found.group(2)
        return found.group(1) + (f"&#{ord(mark)};" if len(mark) == 1 else mark)

    if re.match(r"\s*\d{1,9}[.)]", text):
        return re.sub(r"[.)]", lambda found: "\\" + found.group(), text, count=1)
    return _BLOCK_START.sub(escaped, text)


def _inline(tokens: list[Token]) -> str:
    """Inline tokens as Markdown; any other link keeps its text only."""
    parts: list[str] = []
    targets: list[str] = []
    for token in tokens:
        if token.type == "link_open":
            href = str(token.attrs.get("href", ""))
            targets.append(href if _SAFE_LINK.fullmatch(href) else "")
            parts.append("[" if targets[-1] else "")
        elif token.type == "link_close":
            target = targets.pop()
            parts.append(_destination(target) if target else "")
        else:
            parts.append(_inline_token(token))
    return "".join(parts)


def _destination(target: str) -> str:
    return f"](<{target}>)" if re.search(r"[()*_]", target) else f"]({target})"


def _inline_token(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    if token.type in ("em_open", "em_close"):
        return "*"
    if token.type in ("strong_open", "strong_close"):
        return "**"
    if token.type == "code_inline":
        return markdown_code(token.content)
    return _text(token.content)


class _Writer:
    """Writes block tokens as Markdown."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.lines: list[str] = []
        self.prefixes: list[str] = []
        self.bullet = ""
        self.loose = True
        self.cells: list[str] | None = None
        self.columns = 0

    def blocks(self) -> str:
        for token in self.tokens:
            self._token(token)
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip("\n")

    def _token(self, token: Token) -> None:
        kind = token.type
        if kind == "inline":
            self._inline(token)
        elif kind in ("fence", "code_block"):
            self._code(token)
        elif kind == "html_block":
            text = " ".join(token.content.split())
            self._write([_at_start(_text(text)), ""])
        elif kind == "list_item_open":
            self.bullet = "- " if token.info == "" else f"{token.info}. "
            self.prefixes.append(" " * len(self.bullet))
        elif kind == "blockquote_open":
            self.prefixes.append("> ")
        elif kind in ("list_item_close", "blockquote_close"):
            while self.lines and self.lines[-1] == "".join(self.prefixes).rstrip():
                self.lines.pop()
            self.prefixes.pop()
            self.bullet = ""
            self._write([""] if self.loose else [])
        elif kind in ("paragraph_open", "heading_open"):
            self.loose = not token.hidden
        elif kind in ("paragraph_close", "heading_close"):
            self._write([""] if self.loose else [])
        elif kind in (
            "thead_close",
            "tr_open",
            "tr_close",
            "table_open",
            "table_close",
        ):
            self._table(token)
        if kind in ("bullet_list_close", "ordered_list_close", "blockquote_close"):
            self._write([""])

    def _inline(self, token: Token) -> None:
        text = _inline(token.children or [])
        if self.cells is not None:
            self.cells.append(" ".join(text.split()))
            return
        self._write([_at_start(line.strip()) for line in text.split("\n")])

    def _code(self, token: Token) -> None:
        longest = max((len(run) for run in re.findall("`+", token.content)), default=0)
        fence = "`" * max(3, longest + 1)
        info = re.sub(r"[^A-Za-z0-9+#.-].*", "", token.info.strip(), flags=re.DOTALL)
        body = token.content.rstrip("\n").split("\n")
        self._write([fence + info, *body, fence, ""])

    def _table(self, token: Token) -> None:
        if token.type == "tr_open":
            self.cells = []
        elif token.type == "tr_close":
            cells = self.cells or []
            self.cells = None
            self.columns = len(cells)
            self._write(["| " + " | ".join(cells) + " |"])
        elif token.type == "thead_close":
            self._write(["|" + " --- |" * self.columns])
        else:
            self._write([""])

    def _write(self, lines: list[str]) -> None:
        for line in lines:
            prefix = "".join(self.prefixes)
            if self.bullet:
                prefix = prefix[: -len(self.bullet)] + self.bullet
                self.bullet = ""
            self.lines.append((prefix + line).rstrip())


FILTERS: dict[str, Any] = {
    "markdown_text": markdown_text,
    "markdown_line": markdown_line,
    "markdown_code": markdown_code,
    "markdown_anchor": markdown_anchor,
    "markdown_page": markdown_page,
    "mermaid_text": mermaid_text,
}
