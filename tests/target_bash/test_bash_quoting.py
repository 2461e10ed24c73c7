"""The quoting filters: bash reads back what went in, and nothing runs."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from swarmgen.forge.filters.quoting_bash import (
    bash_array,
    bash_comment,
    bash_field,
    bash_heredoc,
    bash_identifiers,
    nanosecond_id,
    shell_escape,
)

texts = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
        st.sampled_from("'\"\\$`!\n\t\r()~*#%=-[]{} \u202e"),
    )
)


def bash(script: str, cwd: Path | None = None) -> str:
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, check=True, cwd=cwd, env={}
    )
    assert done.stderr == b""
    return done.stdout.decode()


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, min_size=1, max_size=8))
def test_bash_reads_back_any_text(values: list[str]) -> None:
    words = " ".join(map(shell_escape, values))
    assert bash(f"printf '%s\\0' {words}").split("\0")[:-1] == values
    array = f'a={bash_array(values)}; printf "%s\\0" "${{a[@]}}"'
    assert bash(array).split("\0")[:-1] == values


@settings(max_examples=60, deadline=None)
@given(texts.filter(lambda text: text not in ("", "-")))
def test_a_table_field_has_no_white_space_and_printf_decodes_it(text: str) -> None:
    field = bash_field(text)
    assert field.isascii() and field.split() == [field]
    assert bash(f"printf '%b' {shell_escape(field)}") == text


@settings(max_examples=60, deadline=None)
@given(texts)
def test_no_text_leaves_its_comment_or_here_document(text: str) -> None:
    assert all(line.startswith("#") for line in bash_comment(text).split("\n"))
    body = text if text.endswith("\n") else text + "\n"
    assert (
        bash(
            f"while IFS= read -r l; do printf '%s\\n' \"$l\"; done {bash_heredoc(text)}\n"
        )
        == body
    )


def test_a_nul_becomes_its_visible_symbol() -> None:
    assert bash(f"printf %s {shell_escape(chr(0))}") == "\u2400"


def test_a_nanosecond_id_has_19_digits() -> None:
    made = bash(f"printf %s {nanosecond_id('agent')}")
    assert made.startswith("agent_") and len(made) == 25 and made[6:].isdigit()


def test_names_that_would_collide_get_identifiers_of_their_own() -> None:
    chosen = bash_identifiers(["client.id", "client_id", "client-id"])
    assert chosen["client.id"] == "client_id"
    assert len({identifier.upper() for identifier in chosen.values()}) == 3
