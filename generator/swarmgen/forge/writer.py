"""Writing the Python module that a template is compiled to.

A module holds the function ``root`` and one function for each block, macro and recursive
loop. Each gets the state of the rendering, a scope and where to put its output.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from swarmgen.forge.expressions import Code, ExpressionParser
from swarmgen.forge.lexer import Lexer, TemplateSyntax, WhitespaceControl

_RESERVED = ("true", "True", "false", "False", "none", "None", "loop", "self")
_PRELUDE = """\
from time import monotonic
from swarmgen.forge.kinds import attribute, item, iterate, make_map
from swarmgen.forge.operators import add, both, concat, contains, cut, divide
from swarmgen.forge.operators import floor_divide, keywords, less, modulo, more, multiply
from swarmgen.forge.operators import negative, power, spread, subtract
from swarmgen.forge.runtime import discard, set_attribute, unpack
from swarmgen.forge.scopes import Loop, Scope
from swarmgen.forge.undefined import UNDEFINED, is_undefined
"""
# A target is a name, an attribute of a namespace (owner and name), or several of them.
Target = str | tuple[Code, str] | list["Target"]


class _Function:
    """A Python function that is being written."""

    def __init__(self, name: str, parameters: str) -> None:
        self.lines: list[tuple[int, str, int]] = []
        self.level = 1
        self.add(f"def {name}(state, s, append{parameters}):", 0, level=0)
        self.add("filters = state.filters; tests = state.tests; show = state.show", 0)
        self.add("plain = state.plain; deadline = state.deadline", 0)

    def add(self, text: str, line: int, level: int | None = None) -> None:
        self.lines.append((self.level if level is None else level, text, line))


class TemplateWriter(ExpressionParser):
    """Writes the Python module of a template; the statements are a subclass's."""

    def __init__(
        self, source: str, name: str, syntax: TemplateSyntax, space: WhitespaceControl
    ) -> None:
        super().__init__(name, Lexer(source, name, syntax, space).tokens())
        self.functions: list[_Function] = []
        self.function = _Function("root", "")
        self.blocks: dict[str, tuple[str, bool]] = {}
        self.append = "append"
        self.in_loop = False
        self.in_macro = False

    def python(self) -> str:
        """The text of the Python module. Raises ``TemplateError``."""
        self.functions.append(self.function)
        self._add("parent = None; output = append")
        self._body(())
        self._add("if parent is not None: parent(state, s, output)")
        return self._module()

    def _module(self) -> str:
        texts = _PRELUDE.splitlines()
        places: list[str] = []
        for function in self.functions:
            for level, text, line in function.lines:
                texts.append(" " * level + text)
                if line:
                    places.append(f"{line}={len(texts)}")
        for function_name, required in self.blocks.values():
            if required:
                texts.append(f"{function_name}.required = True")
        blocks = ", ".join(f"{name!r}: {made[0]}" for name, made in self.blocks.items())
        texts.append(f"blocks = {{{blocks}}}")
        texts.append(f"name = {self.template!r}")
        texts.append(f"debug_info = {'&'.join(places)!r}")
        return "\n".join(texts) + "\n"

    # Writing Python

    def _add(self, text: str) -> None:
        self.function.add(text, self.tokens[max(0, self.position - 1)].line)

    def _indent(self, by: int) -> None:
        self.function.level += by
        if self.function.level > 95:
            raise self.fail("the template nests its blocks too deeply")

    def _begin(self, name: str, parameters: str = "") -> tuple[_Function, str, str]:
        """Start another function; returns what ``_finish`` needs."""
        before = self.function, self.scope, self.append
        self.function = _Function(name, parameters)
        self.functions.append(self.function)
        self.scope, self.append = "s", "append"
        return before

    def _finish(self, before: tuple[_Function, str, str]) -> None:
        self.function, self.scope, self.append = before

    def _new_scope(self) -> str:
        inner = self.temporary("s")
        self._add(f"{inner} = Scope({self.scope})")
        return inner

    # Bodies

    def _body(self, ends: Sequence[str]) -> str:
        """Everything up to one of the end tags, whose name is returned."""
        self.enter()
        while True:
            token = self.take()
            if token.kind == "end":
                break
            if token.kind == "data":
                self._add(f"{self.append}({str(token.value)!r})")
            elif token.kind == "variable start":
                self._output(self.expression())
                self.expect("variable end", "end of variable block")
            else:
                if self.at_word(*ends):
                    self.depth -= 1
                    return str(self.take().value)
                self._statement()
                self.expect("block end", "end of block")
        self.depth -= 1
        if ends:
            raise self.fail(f"unexpected end of input, expected {' or '.join(ends)}")
        return ""

    def _output(self, value: str) -> None:
        name = self.temporary()
        self._add(f"{name} = {value}")
        shown = f"{name} if plain and {name}.__class__ is str else show({name})"
        self._add(f"{self.append}({shown})")

    def _capture(self, body: Callable[[], object]) -> str:
        """Write a body whose output is kept; returns the name of the list it is in."""
        before = self.append
        parts = self.temporary("b")
        self.append = f"{parts}_append"
        self._add(f"{parts} = []; {self.append} = {parts}.append")
        body()
        self.append = before
        return f"state.captured({parts})"

    def _statement(self) -> None:
        """A statement, without the delimiters of its tag."""
        raise NotImplementedError

    # Targets

    def _target_name(self) -> str:
        name = str(self.expect("name", "identifier").value)
        if name in _RESERVED:
            raise self.fail(f"cannot assign to reserved variable name {name}")
        return name

    def _target_item(self, dotted: bool) -> Target:
        name = self._target_name()
        if not (dotted and self.at(".")):
            return name
        self.mentioned.add(name)
        owner = Code(f"{self.scope}[{name!r}]")
        while True:
            self.expect(".")
            attribute = str(self.expect("name", "identifier").value)
            if not self.at("."):
                return owner, attribute
            owner = Code(f"attribute({owner}, {attribute!r})")

    def _target(self, dotted: bool = False) -> Target:
        items: list[Target] = []
        several = False
        while True:
            if items:
                self.expect(",")
            ends = (")", "variable end", "block end")
            if self.current.kind in ends or self.at_word("in"):
                break
            if self.skip("("):
                items.append(self._target(dotted))
                self.expect(")")
            else:
                items.append(self._target_item(dotted))
            if not self.at(","):
                break
            several = True
        return items[0] if len(items) == 1 and not several else items

    def _assign(self, target: Target, value: str) -> None:
        if isinstance(target, str):
            self._add(f"{self.scope}[{target!r}] = {value}")
        elif isinstance(target, tuple):
            self._add(f"set_attribute({target[0]}, {target[1]!r}, {value})")
        else:
            name = self.temporary("u")
            self._add(f"{name} = unpack({value}, {len(target)})")
            for index, part in enumerate(target):
                self._assign(part, f"{name}[{index}]")
