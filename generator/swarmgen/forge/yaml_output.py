"""YAML as Weaver writes it: serde_yaml's choices of style for libyaml's emitter."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from swarmgen.forge.config_yaml import loader


def to_yaml(value: Any) -> str:
    """A YAML document in block style, with sorted keys."""
    import yaml

    text: str = yaml.dump(
        _plain(value),
        Dumper=_dumper(),
        width=2**31 - 1,
        allow_unicode=True,
        default_flow_style=False,
        sort_keys=True,
    )
    return text.removesuffix("...\n")


def _plain(value: Any) -> Any:
    """The value without template types: undefined is null."""
    from jinja2 import Undefined

    if isinstance(value, Undefined):
        return None
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value)


@cache
def _dumper() -> type:
    import yaml

    class Dumper(yaml.SafeDumper):
        yaml_implicit_resolvers = dict(loader().yaml_implicit_resolvers)  # type: ignore[attr-defined]

        def ignore_aliases(self, data: Any) -> bool:
            return True

    # Weaver quotes what looks like a number with leading zeros, although it is none.
    Dumper.add_implicit_resolver(
        "tag:yaml.org,2002:int", re.compile(r"[-+]?0[0-9]+\Z"), list("-+0")
    )

    def text(dumper: Any, value: str) -> Any:
        style = "|" if "\n" in value else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    def number(dumper: Any, value: float) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:float", _number(value))

    Dumper.add_representer(str, text)
    Dumper.add_representer(float, number)
    return Dumper


def _number(value: float) -> str:
    if value != value:
        return ".nan"
    if value in (float("inf"), float("-inf")):
        return ".inf" if value > 0 else "-.inf"
    digits, exponent, power = repr(value).partition("e")
    if power == "-05":
        return f"{value:.{len(digits.replace('.', '').lstrip('-')) + 4}f}"
    return f"{digits}e{int(power)}" if exponent else digits
