"""Identifiers for the objects of a registry: valid, unique and of bounded length."""

from __future__ import annotations

import hashlib
import keyword
import re
from collections.abc import Iterable, Mapping
from typing import Any

LONGEST_NAME = 60
"""Longer identifiers are cut and end in a digest; no layout of lines holds them."""

_WORD_BREAK = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_WORD = re.compile(r"[^A-Za-z0-9]+")


def py_identifier(text: object, style: str = "snake") -> str:
    """An identifier made of the ASCII letters and digits of ``text``.

    ``style`` is ``snake``, ``constant`` or ``class``. Keywords get an underscore at
    the end, a leading digit one in front; more than 60 characters are cut. Different texts may give one identifier:
    ``py_named`` keeps those apart.
    """
    slug = _slug(str(text))
    if style == "constant":
        return slug.upper()
    if style == "class":
        return _class_name(slug)
    return slug + "_" if keyword.iskeyword(slug) else slug


def _slug(text: str) -> str:
    spaced = text if text.islower() else _WORD_BREAK.sub("_", text)
    slug = _NO_WORD.sub("_", spaced).strip("_").lower()
    if len(slug) > LONGEST_NAME:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        slug = f"{slug[: LONGEST_NAME - 9]}_{digest[:8]}"
    if not slug:
        return "unnamed"
    return "_" + slug if slug[0].isdigit() else slug


def _class_name(slug: str) -> str:
    name = "".join(word[:1].upper() + word[1:] for word in slug.split("_"))
    return "_" + name if name[0].isdigit() else name


def py_named(
    items: Iterable[Mapping[str, Any]] | None,
    key: str = "key",
    reserved: Iterable[str] = (),
) -> list[dict[str, Any]]:
    """Copies of ``items`` with names added: ``const``, ``cls``, ``var`` and ``slug``.

    ``var`` is no keyword; ``slug`` may be one and is meant to be part of a name.

    The names come from ``item[key]`` and are unique among the items and apart from
    ``reserved``. Where two items would have the same name, the one that is not
    deprecated has the plain one, then the first in the order of their keys; the
    others get ``_2``, ``_3`` and so on.
    """
    listed = list(items or ())
    taken = set(reserved)
    named: list[dict[str, Any]] = [{}] * len(listed)
    order = sorted(
        range(len(listed)),
        key=lambda i: (bool(listed[i].get("deprecated")), str(listed[i][key])),
    )
    for index in order:
        names = _free_names(_slug(str(listed[index][key])), taken)
        taken.update(names.values())
        named[index] = {**listed[index], **names}
    return named


def _free_names(slug: str, taken: set[str]) -> dict[str, str]:
    base, number = slug, 1
    while True:
        var = slug
        if keyword.iskeyword(slug) or slug in taken:
            var = slug + "_" if number == 1 else slug
        names = {"const": slug.upper(), "cls": _class_name(slug), "var": var}
        if taken.isdisjoint(names.values()):
            return {**names, "slug": slug}
        number += 1
        slug = f"{base}_{number}"
