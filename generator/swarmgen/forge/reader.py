"""Reading the tokens of a template one after the other."""

from __future__ import annotations

from swarmgen.forge.errors import TemplateError
from swarmgen.forge.lexer import Token

# minijinja's limit of expressions and statements in one another.
_DEEPEST = 150


class TokenReader:
    """A position in the tokens of a template."""

    def __init__(self, name: str, tokens: list[Token]) -> None:
        self.template = name
        self.tokens = tokens
        self.position = 0
        self.depth = 0

    @property
    def current(self) -> Token:
        return self.tokens[self.position]

    def take(self) -> Token:
        """The current token; the next one becomes current."""
        token = self.tokens[self.position]
        self.position = min(self.position + 1, len(self.tokens) - 1)
        return token

    def at(self, kind: str) -> bool:
        return self.tokens[self.position].kind == kind

    def at_word(self, *words: str) -> bool:
        token = self.tokens[self.position]
        return token.kind == "name" and token.value in words

    def skip(self, kind: str) -> bool:
        """Take the current token if it is of that kind."""
        found = self.at(kind)
        if found:
            self.take()
        return found

    def skip_word(self, *words: str) -> bool:
        found = self.at_word(*words)
        if found:
            self.take()
        return found

    def expect(self, kind: str, expected: str = "") -> Token:
        """Take a token of that kind. Raises ``TemplateError`` for another one."""
        if not self.at(kind):
            raise self.unexpected(expected or f"`{kind}`")
        return self.take()

    def expect_word(self, word: str) -> None:
        if not self.skip_word(word):
            raise self.unexpected(word)

    def unexpected(self, expected: str) -> TemplateError:
        token = self.current
        found = {"end": "end of input", "data": "text"}.get(token.kind, token.kind)
        if token.kind in ("name", "string", "number"):
            found = f"{token.kind} {token.value!r}"
        return self.fail(f"unexpected {found}, expected {expected}")

    def fail(self, message: str) -> TemplateError:
        """A syntax error at the current token."""
        return TemplateError(self.template, self.current.line, message, "syntax error")

    def enter(self) -> None:
        """Go one level deeper. Raises ``TemplateError`` if that is too deep."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.fail("template exceeds maximum recursion limits")
