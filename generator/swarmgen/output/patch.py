"""Drift as a patch in git's format: `swarmgen generate --check | git apply` repairs it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from swarmgen.output.tree import Change

_NO_NEWLINE = "\\ No newline at end of file\n"


def patch(change: Change, folder: str) -> str:
    """The whole unified diff from the file as it is to the file as it is generated.

    ``folder`` is put before the path. Bytes that are not UTF-8 appear as U+FFFD.
    Format: https://git-scm.com/docs/diff-format#generate_patch_text_with_p
    """
    from difflib import unified_diff

    path = change.path if folder in ("", ".") else f"{folder}/{change.path}"
    old, new = _quoted("a/" + path), _quoted("b/" + path)
    head = [f"diff --git {old} {new}\n", *_modes(change)]
    before = _lines(change.old.content) if change.old else []
    after = _lines(change.new.content)
    body = unified_diff(before, after, old if change.old else "/dev/null", new)
    return "".join([*head, *map(_terminated, body)])


def _modes(change: Change) -> Iterator[str]:
    new = _mode(change.new.executable)
    if change.old is None:
        yield f"new file mode {new}\n"
    elif change.old.executable != change.new.executable:
        yield f"old mode {_mode(change.old.executable)}\n"
        yield f"new mode {new}\n"


def _mode(executable: bool) -> str:
    return "100755" if executable else "100644"


def _lines(content: bytes) -> Sequence[str]:
    """Lines as git counts them: only a newline ends one."""
    lines = content.decode("utf-8", "replace").split("\n")
    last = lines.pop()
    return [*(line + "\n" for line in lines), *([last] if last else [])]


def _terminated(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}"


def _quoted(path: str) -> str:
    """C quoting, which git expects where a name holds quotes or control characters."""
    if not any(character in '"\\\x7f' or character < " " for character in path):
        return path
    escaped = "".join(
        (
            f"\\{ord(character):03o}"
            if character < " " or character == "\x7f"
            else "\\" + character if character in '"\\' else character
        )
        for character in path
    )
    return f'"{escaped}"'
