"""Compiling template expressions to Python expressions, with minijinja's grammar.

The Python text uses the functions of ``operators`` and ``kinds`` and the local names that
``statements`` sets up: ``state``, ``filters``, ``tests`` and the scope.
"""

from __future__ import annotations

from collections.abc import Callable

from swarmgen.forge.errors import TemplateError
from swarmgen.forge.lexer import Token

_DEEPEST = 150
_CONSTANTS = {
    "true": "True",
    "True": "True",
    "false": "False",
    "False": "False",
    "none": "None",
    "None": "None",
}
_COMPARISONS = {
    "==": "({} == {})",
    "!=": "({} != {})",
    "<": "less({}, {})",
    ">": "more({}, {})",
    "<=": "(not more({}, {}))",
    ">=": "(not less({}, {}))",
    "in": "contains({}, {})",
    "not in": "(not contains({}, {}))",
}
_SUMS = {"+": "add", "-": "subtract"}
_PRODUCTS = {"*": "multiply", "/": "divide", "//": "floor_divide", "%": "modulo"}
_TEST_ARGUMENTS = ("string", "number", "-", "+", "[", "{")
_AFTER_TEST = ("and", "or", "else", "is")


class Code(str):
    """A Python expression, and what else is to know about it.

    ``constant``: it holds no name. ``literal``: it is one value as it stands.
    ``name``: it is just that name. ``calls``: it is a call, and this is the call with
    one more keyword argument (a name and an expression).
    """

    constant: bool = False
    literal: bool = False
    name: str | None = None
    attribute: tuple[Code, str] | None = None
    calls: Callable[[str], str] | None = None


def constant(text: str, parts: tuple[Code, ...] = ()) -> Code:
    """An expression that is constant if its parts are."""
    code = Code(text)
    code.constant = all(part.constant for part in parts)
    return code


def literal(text: str) -> Code:
    """An expression that is one value."""
    code = constant(text)
    code.literal = True
    return code


class Arguments:
    """The arguments of a call, as Python texts."""

    def __init__(self) -> None:
        self.positional: list[str] = []
        self.named: list[str] = []
        self.count = 0

    def values(self, first: str = "") -> str:
        """The positional arguments as a tuple."""
        shown = [first] if first else []
        return "({})".format("".join(f"{part}, " for part in shown + self.positional))

    def keywords(self, more: str = "") -> str:
        """The keyword arguments as a dict."""
        return "{{{}}}".format(", ".join([*self.named, more] if more else self.named))


class ExpressionParser:
    """Reads expressions from tokens."""

    def __init__(self, name: str, tokens: list[Token]) -> None:
        self.template = name
        self.tokens = tokens
        self.position = 0
        self.depth = 0
        self.scope = "s"
        self.mentioned: set[str] = set()
        self.temporaries = 0

    # Tokens

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

    def temporary(self, letter: str = "t") -> str:
        """A fresh Python name."""
        self.temporaries += 1
        return f"{letter}{self.temporaries}"

    # Expressions, from the weakest operator to the strongest

    def expression(self) -> Code:
        self._enter()
        code = self.disjunction()
        while self.skip_word("if"):
            condition = self.disjunction()
            other: str = "UNDEFINED"
            if self.skip_word("else"):
                other = self.expression()
            code = Code(f"({code} if {condition} else {other})")
        self.depth -= 1
        return code

    def _enter(self) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.fail("template exceeds maximum recursion limits")

    def disjunction(self) -> Code:
        left = self._conjunction()
        while self.skip_word("or"):
            right = self._conjunction()
            left = constant(f"({left} or {right})", (left, right))
        return left

    def _conjunction(self) -> Code:
        left = self._negation()
        while self.skip_word("and"):
            right = self._negation()
            both = left.constant and right.constant
            text = f"both({left}, {right})" if both else f"({left} and {right})"
            left = constant(text, (left, right))
        return left

    def _negation(self) -> Code:
        if self.skip_word("not"):
            inner = self._negation()
            return constant(f"(not {inner})", (inner,))
        return self._comparison()

    def _comparison_operator(self) -> str | None:
        if self.current.kind in _COMPARISONS:
            return str(self.take().value)
        if self.skip_word("in"):
            return "in"
        if self.skip_word("not"):
            self.expect_word("in")
            return "not in"
        return None

    def _comparison(self) -> Code:
        left = self._sum()
        operator = self._comparison_operator()
        if operator is None:
            return left
        parts, texts = [left], []
        while operator is not None:
            right = self._sum()
            parts.append(right)
            following = self._comparison_operator()
            shown: str = right
            if following is not None:
                name = self.temporary()
                shown = f"({name} := {right})"
            texts.append(_COMPARISONS[operator].format(left, shown))
            left = Code(name) if following is not None else right
            operator = following
        text = texts[0] if len(texts) == 1 else f"({' and '.join(texts)})"
        return constant(text, tuple(parts))

    def _sum(self) -> Code:
        left = self._concatenation()
        while self.current.kind in _SUMS:
            function = _SUMS[self.take().kind]
            right = self._concatenation()
            left = constant(f"{function}({left}, {right})", (left, right))
        return left

    def _concatenation(self) -> Code:
        parts = [self._product()]
        while self.skip("~"):
            parts.append(self._product())
        if len(parts) == 1:
            return parts[0]
        return constant(f"concat({', '.join(parts)})", tuple(parts))

    def _product(self) -> Code:
        left = self._power()
        while self.current.kind in _PRODUCTS:
            function = _PRODUCTS[self.take().kind]
            right = self._power()
            left = constant(f"{function}({left}, {right})", (left, right))
        return left

    def _power(self) -> Code:
        left = self._unary()
        while self.skip("**"):
            right = self._unary()
            left = constant(f"power({left}, {right})", (left, right))
        return left

    def _unary(self) -> Code:
        code = self._postfix(self._signed())
        return self._filters(code)

    def _signed(self) -> Code:
        if self.skip("-"):
            inner = self._signed()
            return constant(f"negative({inner})", (inner,))
        self._enter()
        code = self._primary()
        self.depth -= 1
        return code

    def _primary(self) -> Code:
        token = self.current
        if token.kind == "name":
            self.take()
            return self._name(str(token.value))
        if token.kind == "string":
            texts = [str(self.take().value)]
            while self.at("string"):
                texts.append(str(self.take().value))
            return literal(repr("".join(texts)))
        if token.kind == "number":
            self.take()
            return literal(_number(token.value))
        if self.skip("("):
            return self._parenthesis()
        if self.skip("["):
            return self._list("]")
        if self.skip("{"):
            return self._map()
        raise self.unexpected("expression")

    def _name(self, name: str) -> Code:
        if name in _CONSTANTS:
            return literal(_CONSTANTS[name])
        self.mentioned.add(name)
        code = Code(f"{self.scope}[{name!r}]")
        code.name = name
        return code

    def _parenthesis(self) -> Code:
        if self.skip(")"):
            return Code("[]")
        code = self.expression()
        if not self.skip(","):
            self.expect(")")
            return code
        return self._list(")", code)

    def _list(self, end: str, *items: Code) -> Code:
        """A list whose items up to here are given."""
        found = list(items)
        while not self.skip(end):
            if len(found) > len(items):
                self.expect(",")
                if self.skip(end):
                    break
            found.append(self.expression())
        code = Code(f"[{', '.join(found)}]")
        code.constant = all(item.literal for item in found)
        return code

    def _map(self) -> Code:
        entries: list[tuple[Code, Code]] = []
        while not self.skip("}"):
            if entries:
                self.expect(",")
                if self.skip("}"):
                    break
            key = self.expression()
            self.expect(":")
            entries.append((key, self.expression()))
        shown = ", ".join(f"({key}, {value})" for key, value in entries)
        code = Code(f"make_map([{shown}])" if entries else "{}")
        code.constant = all(key.literal and value.literal for key, value in entries)
        return code

    # What follows a value

    def _postfix(self, code: Code) -> Code:
        while True:
            if self.skip("."):
                code = self._dotted(code)
            elif self.skip("["):
                code = self._subscript(code)
            elif self.at("("):
                code = self._call(code)
            else:
                return code

    def _dotted(self, code: Code) -> Code:
        if self.at("number") and isinstance(self.current.value, int):
            return Code(f"item({code}, {self.take().value})")
        name = str(self.expect("name", "identifier or integer").value)
        found = Code(f"attribute({code}, {name!r})")
        found.attribute = (code, name)
        return found

    def _subscript(self, code: Code) -> Code:
        bounds: list[str] = ["None", "None", "None"]
        if not self.at(":"):
            if self.at("]"):
                raise self.fail("empty subscript")
            bounds[0] = self.expression()
            if self.skip("]"):
                return Code(f"item({code}, {bounds[0]})")
        self.expect(":", "`]`")
        if not self.at("]") and not self.at(":"):
            bounds[1] = self.expression()
        if self.skip(":") and not self.at("]"):
            bounds[2] = self.expression()
        self.expect("]")
        return Code(f"cut({code}, {', '.join(bounds)})")

    def _call(self, code: Code) -> Code:
        arguments = self.arguments()
        values = arguments.values()
        if code.attribute and code.attribute[0].name == "self":
            return Code(f"state.block_text({code.attribute[1]!r}, {self.scope})")
        if code.name == "super":
            return Code(f"state.super_text({self.scope}, *{values})")
        if code.name:
            start = f"state.call_name({self.scope}, {code.name!r}, {values}"
        elif code.attribute:
            owner, name = code.attribute
            start = f"state.call_method({owner}, {name!r}, {values}"
        else:
            start = f"state.call({code}, {values}"
        return _called(start, arguments)

    def arguments(self) -> Arguments:
        """The arguments in parentheses."""
        found = Arguments()
        self.expect("(")
        while not self.skip(")"):
            if found.count:
                self.expect(",")
                if self.skip(")"):
                    break
            found.count += 1
            self._argument(found)
        return found

    def _argument(self, found: Arguments) -> None:
        if self.skip("**"):
            found.named.append(f"**keywords({self.expression()})")
            return
        if self.skip("*"):
            found.positional.append(f"*spread({self.expression()})")
            return
        mentioned = set(self.mentioned)
        value = self.expression()
        if value.name and self.skip("="):
            self.mentioned = mentioned
            found.named.append(f"{value.name!r}: {self.disjunction()}")
        elif found.named:
            raise self.fail("non-keyword arg after keyword arg")
        else:
            found.positional.append(value)

    # Filters and tests

    def _filters(self, code: Code) -> Code:
        while True:
            if self.skip("|"):
                code = self.filter(code)
            elif self.skip_word("is"):
                code = self._test(code)
            else:
                return code

    def _function_name(self) -> str:
        name = str(self.expect("name", "identifier").value)
        while self.skip("."):
            name += "." + str(self.expect("name", "identifier").value)
        return name

    def filter(self, code: str) -> Code:
        """A filter, applied to a value."""
        name = self._function_name()
        arguments = self.arguments() if self.at("(") else Arguments()
        return Code(_applied("filters", name, code, arguments))

    def filter_chain(self, code: str) -> str:
        """One or more filters up to the end of the tag."""
        code = self.filter(code)
        while not self.at("block end"):
            self.expect("|")
            code = self.filter(code)
        return code

    def _test(self, code: Code) -> Code:
        negated = self.skip_word("not")
        name = self._function_name()
        arguments = Arguments()
        if self.at("("):
            arguments = self.arguments()
        elif self._at_test_argument():
            arguments.positional.append(self._postfix(self._signed()))
        text = _applied("tests", name, code, arguments)
        return Code(f"(not {text})" if negated else f"bool({text})")

    def _at_test_argument(self) -> bool:
        if self.at("name"):
            return not self.at_word(*_AFTER_TEST)
        return self.current.kind in _TEST_ARGUMENTS


def _called(start: str, arguments: Arguments) -> Code:
    """A call of which all but the keyword arguments is written."""
    code = Code(start + (f", {arguments.keywords()})" if arguments.named else ")"))
    code.calls = lambda caller: f"{start}, {arguments.keywords(caller)})"
    return code


def _applied(table: str, name: str, value: str, arguments: Arguments) -> str:
    function = f"{table}[{name!r}]"
    if arguments.named:
        values = arguments.values(value)
        return f"{table}.apply({name!r}, {values}, {arguments.keywords()})"
    return f"{function}({', '.join([value, *arguments.positional])})"


def _number(value: object) -> str:
    if isinstance(value, float) and value == float("inf"):
        return "float('inf')"
    return repr(value)
