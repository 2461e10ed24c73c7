"""The one exception that rendering a template can end in."""

from __future__ import annotations


class TemplateError(Exception):
    """A template is wrong, or went wrong while it was rendered.

    ``template`` is the name of the template file (relative to the target folder, or
    ``<string>`` for a template that is no file), ``line`` counts from 1 (``None`` when
    unknown) and ``kind`` is one of the words in ``KINDS``.
    """

    def __init__(
        self,
        template: str,
        line: int | None,
        message: str,
        kind: str = "invalid operation",
    ) -> None:
        self.template = template
        self.line = line
        self.message = message
        self.kind = kind
        super().__init__(f"{kind}: {message} (in {template}:{line})")


KINDS = (
    "syntax error",
    "template not found",
    "missing import",
    "undefined value",
    "unknown filter",
    "unknown test",
    "unknown function",
    "unknown method",
    "invalid operation",
    "limit exceeded",
)
"""``template not found`` is the template itself, ``missing import`` one that it uses."""


class FilterError(Exception):
    """What a filter, test or function raises to refuse its arguments."""
