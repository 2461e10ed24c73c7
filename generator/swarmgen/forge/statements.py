"""Compiling templates to Python modules, with minijinja's statements.

A module holds the function ``root`` and one function for each block, macro and recursive
loop. Each gets the state of the rendering, a scope and where to put its output.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from swarmgen.forge.errors import TemplateError
from swarmgen.forge.expressions import Code, ExpressionParser
from swarmgen.forge.lexer import Lexer, TemplateSyntax, Token, WhitespaceControl
from swarmgen.forge.texts import WHITESPACE

_RESERVED = ("true", "True", "false", "False", "none", "None", "loop", "self")
_PRELUDE = """\
from time import monotonic
from swarmgen.forge.kinds import attribute, item, iterate, make_map
from swarmgen.forge.operators import add, both, concat, contains, cut, divide
from swarmgen.forge.operators import floor_divide, keywords, less, modulo, more, multiply
from swarmgen.forge.operators import negative, power, spread, subtract
from swarmgen.forge.runtime import Loop, Scope, discard, set_attribute, unpack
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


class TemplateParser(ExpressionParser):
    """Compiles one template."""

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
        self._enter()
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
        token = self.expect("name", "block keyword")
        handler = _STATEMENTS.get(str(token.value))
        if handler is None:
            raise self.fail(f"unknown statement {token.value}")
        handler(self)

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

    # Statements

    def _for(self) -> None:
        target = self._target()
        self.expect_word("in")
        value: str = self.disjunction()
        if self.skip_word("if"):
            value = self._selected(target, value)
        recursive = self.skip_word("recursive")
        self.expect("block end", "end of block")
        before, self.in_loop = self.in_loop, True
        if recursive:
            first = self._recursive_loop(target, value)
        else:
            first = self._loop(target, value, "None")
        self.in_loop = before
        if self._last_end == "else":
            self.expect("block end", "end of block")
            self._add(f"if {first} == 0:")
            self._indent(1)
            self._add("pass")
            self._body(("endfor",))
            self._indent(-1)

    _last_end = ""

    def _selected(self, target: Target, value: str) -> str:
        """The items that the condition of a loop lets through."""
        kept, current = self.temporary("k"), self.temporary("x")
        outer, inner = self.scope, self._new_scope()
        self._add(f"{kept} = []")
        self._add(f"for {current} in iterate({value}):")
        self._indent(1)
        self.scope = inner
        self._assign(target, current)
        condition = self.expression()
        self._add(f"if {condition}: {kept}.append({current})")
        self.scope = outer
        self._indent(-1)
        return kept

    def _recursive_loop(self, target: Target, value: str) -> str:
        name, first = self.temporary("loop_"), self.temporary("n")
        self._add(f"{first} = {name}(state, {self.scope}, {self.append}, {value})")
        before = self._begin(name, ", value")
        inside = self._loop(target, "value", name)
        self._add(f"return {inside}")
        self._finish(before)
        return first

    def _loop(self, target: Target, value: str, body: str) -> str:
        """A loop; returns the name of the index it stopped at, 0 if it was never run.

        (In minijinja it is 0 also after a break in the first round.)
        """
        outer, inner = self.scope, self._new_scope()
        loop, current = self.temporary("l"), self.temporary("x")
        first = self.temporary("n")
        self._add(f"{first} = -1")
        self._add(f"{loop} = {inner}.loop = Loop({value}, {outer}.loop, {body})")
        self._add(f"{inner}['loop'] = {loop}")
        self._add(f"for {first}, {current} in enumerate({loop}.items):")
        self._indent(1)
        self._add(f"{loop}.index0 = {first}")
        self._add("if monotonic() > deadline: state.expired()")
        self.scope = inner
        self._assign(target, current)
        self._last_end = self._body(("endfor", "else"))
        self.scope = outer
        self._indent(-1)
        self._add(f"else: {first} += 1")
        return first

    def _if(self) -> None:
        end = "if"
        while end != "endif":
            condition = "else" if end == "else" else f"{end} {self.disjunction()}"
            self._add(f"{condition}:")
            self.expect("block end", "end of block")
            self._indent(1)
            self._add("pass")
            ends = ("endif",) if end == "else" else ("endif", "else", "elif")
            end = self._body(ends)
            self._indent(-1)

    def _with(self) -> None:
        outer = self.scope
        self.scope = self._new_scope()
        first = True
        while not self.at("block end"):
            if not first:
                self.expect(",")
            first = False
            if self.skip("("):
                target = self._target()
                self.expect(")")
            else:
                target = self._target_name()
            self.expect("=")
            self._assign(target, self.expression())
        self.take()
        self._body(("endwith",))
        self.scope = outer

    def _set(self) -> None:
        target = self._target(dotted=True)
        if self.skip("="):
            value = self.expression()
            if self.at(","):
                items = [value]
                while self.skip(",") and not self.at("block end"):
                    items.append(self.expression())
                value = Code(f"[{', '.join(items)}]")
            self._assign(target, value)
            return
        mark = self.position
        if self.skip("|"):
            self.filter_chain("")
        self.expect("block end", "`=` or end of block")
        value_text = self._capture(lambda: self._body(("endset",)))
        self._assign(target, self._filtered(mark, value_text))

    def _filtered(self, mark: int, value: str) -> str:
        """The filters that stand at a position, applied to a value."""
        position, self.position = self.position, mark
        if self.skip("|"):
            value = self.filter_chain(value)
        self.position = position
        return value

    def _filter(self) -> None:
        mark = self.position
        self.filter_chain("")
        self.expect("block end", "end of block")
        value = self._capture(lambda: self._body(("endfilter",)))
        position, self.position = self.position, mark
        value = self.filter_chain(value)
        self.position = position
        self._output(value)

    def _autoescape(self) -> None:
        before = self.temporary("e")
        self._add(f"{before} = state.enter_autoescape({self.expression()})")
        self._add("plain = state.plain")
        self.expect("block end", "end of block")
        self._body(("endautoescape",))
        self._add(f"state.set_autoescape({before}); plain = state.plain")

    def _do(self) -> None:
        call = self.expression()
        if call.calls is None and "state.super_text" not in call:
            raise self.fail("expected call expression in do block")
        self._add(call)

    def _continue(self) -> None:
        self._jump("continue")

    def _break(self) -> None:
        self._jump("break")

    def _jump(self, word: str) -> None:
        if not self.in_loop:
            raise self.fail(f"'{word}' must be placed inside a loop")
        self._add(word)

    # Macros

    def _parameters(self) -> list[tuple[str, int | None]]:
        """Names and the positions of their defaults."""
        found: list[tuple[str, int | None]] = []
        while not self.skip(")"):
            if found:
                self.expect(",")
                if self.skip(")"):
                    break
            name = self._target_name()
            if self.skip("="):
                found.append((name, self.position))
                self.expression()
            elif found and found[-1][1] is not None:
                raise self.unexpected("`=`")
            else:
                found.append((name, None))
        return found

    def _macro(self) -> None:
        name = str(self.expect("name", "identifier").value)
        self.expect("(")
        self._assign(name, self._macro_value(name, self._parameters(), "endmacro"))

    def _macro_value(
        self, name: str, parameters: list[tuple[str, int | None]], end: str
    ) -> str:
        """Compile a macro; returns the expression that makes it."""
        self.expect("block end", "end of block")
        outer, self.mentioned = self.mentioned, set()
        state = self.in_loop, self.in_macro
        self.in_loop, self.in_macro = False, True
        function = self.temporary("macro_")
        before = self._begin(function, ", values")
        self._defaults(parameters)
        self._body((end,))
        self._finish(before)
        self.in_loop, self.in_macro = state
        mentioned, self.mentioned = self.mentioned, outer
        has_caller = "caller" in mentioned and "caller" not in dict(parameters)
        names = sorted(mentioned - {"caller"})
        self.mentioned.update(names)
        shown = [parameter for parameter, _ in parameters]
        return f"state.macro({self.scope}, {name!r}, {shown}, {function}, {names}, {has_caller})"

    def _defaults(self, parameters: list[tuple[str, int | None]]) -> None:
        """Store the values of parameters, the last one first, as minijinja does."""
        position = self.position
        for index in reversed(range(len(parameters))):
            name, default = parameters[index]
            if default is not None:
                self.position = default
                value = self.expression()
                self._add(
                    f"if is_undefined(values[{index}]): values[{index}] = {value}"
                )
            self._add(f"s[{name!r}] = values[{index}]")
        self.position = position

    def _call_statement(self) -> None:
        parameters = self._parameters() if self.skip("(") else []
        call = self.expression()
        if call.calls is None:
            raise self.fail("expected call expression in call block")
        caller = self._macro_value("caller", parameters, "endcall")
        self._output(call.calls(f"'caller': {caller}"))

    # Other templates

    def _block(self) -> None:
        if self.in_macro:
            raise self.fail("block tags in macros are not allowed")
        name = str(self.expect("name", "identifier").value)
        self.skip_word("scoped")
        required = self.skip_word("required")
        if name in self.blocks:
            raise self.fail(f"block '{name}' defined twice")
        self.expect("block end", "end of block")
        function = self.temporary("block_")
        self.blocks[name] = function, required
        loop, self.in_loop = self.in_loop, False
        start = self.position
        before = self._begin(function)
        self._body(("endblock",))
        self._finish(before)
        self.in_loop = loop
        inside = self.tokens[start : self.position - 2]
        if required and any(map(_is_visible, inside)):
            raise self.fail("Required blocks can only contain comments or whitespace")
        if self.at("name") and self.current.value != name:
            raise self.fail(f"mismatching name on block, expected `{name}`")
        self.skip("name")
        shown = f"{self.append} is not discard"
        if self.function is self.functions[0]:
            shown += " and parent is None"
        call = f"state.call_block({name!r}, {self.scope}, {self.append})"
        self._add(f"if {shown}: {call}")

    def _extends(self) -> None:
        known = "parent" if self.function is self.functions[0] else "None"
        self._add(f"parent = state.extend({self.expression()}, {known})")
        self._add("append = discard")

    def _include(self) -> None:
        name = self.expression()
        skipped = self._skip_context()
        ignore = self.skip_word("ignore")
        if ignore:
            self.expect_word("missing")
            if not skipped:
                self._skip_context()
        self._add(f"state.include({name}, {self.scope}, {self.append}, {ignore})")

    def _skip_context(self) -> bool:
        if self.skip_word("with", "without"):
            self.expect_word("context")
            return True
        return False

    def _import(self) -> None:
        template = self.expression()
        self.expect_word("as")
        target = self._target_item(dotted=True)
        self._skip_context()
        self._assign(target, f"state.module({template}, {self.scope})")

    def _from(self) -> None:
        template = self.expression()
        self.expect_word("import")
        names: list[tuple[str, str]] = []
        while not self._skip_context() and not self.at("block end"):
            if names:
                self.expect(",")
                if self._skip_context() or self.at("block end"):
                    break
            name = self._target_name()
            alias = self._target_name() if self.skip_word("as") else name
            names.append((name, alias))
        module = self.temporary("m")
        self._add(f"{module} = state.names_of({template}, {self.scope})")
        for name, alias in names:
            self._assign(alias, f"{module}[{name!r}]")


def _is_visible(token: Token) -> bool:
    """Whether a token is more than white space."""
    return token.kind != "data" or bool(str(token.value).strip(WHITESPACE))


_STATEMENTS: dict[str, Callable[[TemplateParser], None]] = {
    "for": TemplateParser._for,
    "if": TemplateParser._if,
    "with": TemplateParser._with,
    "set": TemplateParser._set,
    "autoescape": TemplateParser._autoescape,
    "filter": TemplateParser._filter,
    "block": TemplateParser._block,
    "extends": TemplateParser._extends,
    "include": TemplateParser._include,
    "import": TemplateParser._import,
    "from": TemplateParser._from,
    "macro": TemplateParser._macro,
    "call": TemplateParser._call_statement,
    "continue": TemplateParser._continue,
    "break": TemplateParser._break,
    "do": TemplateParser._do,
}


def compile_template(
    source: str, name: str, syntax: TemplateSyntax, space: WhitespaceControl
) -> str:
    """The Python module of a template. Raises ``TemplateError`` for a syntax error."""
    try:
        return TemplateParser(source, name, syntax, space).python()
    except RecursionError as error:
        message = "template exceeds maximum recursion limits"
        raise TemplateError(name, 1, message, "syntax error") from error
