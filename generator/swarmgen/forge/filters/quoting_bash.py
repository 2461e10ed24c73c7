"""Filters that carry values into bash code: the only way a value may get there.

Every result is plain ASCII or printable Unicode, passes shellcheck and shfmt as it
is, and never makes bash expand, split or run anything. bash cannot hold a NUL: it
becomes U+2400 (the visible symbol for it); a lone surrogate becomes U+FFFD.

Sources: bash reference manual, "Quoting", "Shell Parameters", "printf"; UTF-8
(RFC 3629); bidirectional controls (Unicode technical report 36).
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from jinja2 import Undefined

# No "$" or backtick (shellcheck SC2016), backslash (SC1003), tilde (SC2088).
_PLAIN = re.compile(r"[A-Za-z0-9 _.,:;/@%+=^(){}\[\]<>|&*?#!\"-]*")
_NAMED = {
    "\\": "\\\\",
    "'": "\\'",
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    "\x1b": "\\e",
}


def _text(value: Any) -> str:
    """A string as it is, a number or boolean as JSON has it, nothing as no text."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, Undefined):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    raise TypeError(f"expected a text or a number, got {type(value).__name__}")


def _storable(value: Any) -> str:
    """The value as text that bash can hold: no NUL, no lone surrogate."""
    replaced = _text(value).replace("\0", "\u2400")
    return re.sub("[\ud800-\udfff]", "\ufffd", replaced)


def _bytes_escaped(character: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in character.encode())


def _ansi_c(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    return character if " " <= character <= "~" else _bytes_escaped(character)


def _is_printable(character: str) -> bool:
    """Whether a reader sees the character as what it is (no control, no bidi mark)."""
    return character == " " or unicodedata.category(character)[0] not in "CZ"


def shell_escape(value: Any) -> str:
    """One bash word that stands for the value, whatever it holds.

    Single quotes where they do; else ``$'…'`` with bytes in hexadecimal, so that the
    word means the same in every locale. Lists are no words: use ``bash_array``.
    """
    text = _storable(value)
    if _PLAIN.fullmatch(text):
        return f"'{text}'"
    return "$'" + "".join(map(_ansi_c, text)) + "'"


def bash_array(values: Any) -> str:
    """The right side of an array assignment: ``('a' 'b')``, of a mapping ``(['k']='v')``.

    Raises ``ValueError`` for an empty key, which bash refuses, and ``TypeError`` for
    what is neither a list nor a mapping. A mapping wants ``declare -A``.
    """
    if isinstance(values, Mapping):
        if "" in values:
            raise ValueError("bash_array: an associative array has no empty key")
        pairs = (f"[{shell_escape(k)}]={shell_escape(v)}" for k, v in values.items())
        return "(" + " ".join(pairs) + ")"
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        raise TypeError("bash_array: expected a list or a mapping")
    return "(" + " ".join(map(shell_escape, values)) + ")"


def nanosecond_id(prefix: Any = "") -> str:
    """A bash word that makes an id when it runs: prefix, underscore, 19 digits.

    The digits are nanoseconds since 1970 in UTC; ``$EPOCHREALTIME`` gives microseconds,
    the last three digits are random. It forks nothing. Two ids made in one
    microsecond are equal once in 900: it is no unique key.
    """
    clock = '"${EPOCHREALTIME/[!0-9]/}$((100 + RANDOM % 900))"'
    return shell_escape(f"{_text(prefix)}_") + clock if prefix else clock


def bash_identifier(name: Any) -> str:
    """A valid name of a bash variable or function: other characters become ``_``."""
    identifier = re.sub(r"[^A-Za-z0-9_]", "_", _text(name))
    return identifier if re.match(r"[A-Za-z_]", identifier) else f"_{identifier}"


def bash_identifiers(names: Iterable[Any]) -> dict[str, str]:
    """Name → identifier, no two alike. Earlier names take the plain identifier.

    A later one doubles its own underscores (``client_id`` → ``client__id`` beside
    ``client.id``); where that is taken too, a checksum of the name is appended.
    They differ by more than case, so that they may be upper-cased.
    """
    taken: set[str] = set()
    chosen: dict[str, str] = {}
    for name in map(_text, names):
        if name in chosen:
            continue
        plain = bash_identifier(name)
        doubled = bash_identifier(name.replace("_", "__"))
        marked = f"{plain}_{zlib.crc32(name.encode('utf-8', 'replace')):08x}"
        identifier = next(
            i
            for i in (plain, doubled, marked, f"{marked}_{len(taken)}")
            if i.lower() not in taken
        )
        taken.add(identifier.lower())
        chosen[name] = identifier
    return chosen


def bash_comment(value: Any, prefix: str = "# ") -> str:
    """The text as comment lines, each behind the prefix; invisible characters as ``\\xNN``.

    No line ends in white space and no text can leave its comment.
    """
    lines = _storable(value).replace("\r\n", "\n").strip("\n").split("\n")
    safe = ("".join(map(_visible, line.expandtabs(4))) for line in lines)
    return "\n".join((prefix + line).rstrip() for line in safe)


def _visible(character: str) -> str:
    return character if _is_printable(character) else _bytes_escaped(character)


def bash_field(value: Any) -> str:
    """The text as ASCII without white space, for one field of a table.

    ``printf -v text '%b' "$field"`` gives the text back. An empty text is ``-``, and
    a text ``-`` is ``\\x2d``.
    """
    text = _storable(value)
    if text in ("", "-"):
        return "\\x2d" if text else "-"
    return "".join(map(_field_character, text))


def _field_character(character: str) -> str:
    if character == "\\":
        return "\\\\"
    return character if "!" <= character <= "~" else _bytes_escaped(character)


def bash_table(value: Any) -> list[str]:
    """The lines of a table, each once, sorted by bytes: bash can search it by halves."""
    return sorted({line for line in _storable(value).split("\n") if line})


def bash_heredoc(value: Any, tag: str = "EOF") -> str:
    """A here-document that holds the text literally: ``<<'EOF'``, lines, ``EOF``.

    The tag grows until no line of the text equals it; the text ends in one newline.
    """
    text = _storable(value)
    lines = text.split("\n")
    while tag in lines:
        tag += "_"
    return f"<<'{tag}'\n{text}" + ("" if text.endswith("\n") else "\n") + tag


def printf_escape(value: Any) -> str:
    """The text for a place inside a printf *format*: ``%`` and ``\\`` are doubled.

    It is not quoted: quote the finished format with ``shell_escape``.
    """
    return _text(value).replace("\\", "\\\\").replace("%", "%%")


FILTERS = {
    "shell_escape": shell_escape,
    "bash_array": bash_array,
    "nanosecond_id": nanosecond_id,
    "bash_identifier": bash_identifier,
    "bash_identifiers": bash_identifiers,
    "bash_comment": bash_comment,
    "bash_field": bash_field,
    "bash_table": bash_table,
    "bash_heredoc": bash_heredoc,
    "printf_escape": printf_escape,
}
TESTS: dict[str, Any] = {}
FUNCTIONS: dict[str, Any] = {}
