"""Whatever a jq filter or a file of parameters says, it gives a value or a problem."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from swarmgen.commands import main
from swarmgen.forge.query import Query, QueryError

TOKENS = """
. [ ] { } ( ) | , : ; ? // == - + * / % " \\ $ $x $__loc__ @json @nope
.a .[0] .[] .. map( select( test( limit(2; as reduce if then else end
null true 1 -1 1e400 nan 9007199254740993 'a' "a" def f: f; error
semconv_attributes semconv_grouped_attributes try catch keys add é
"""
CONTEXT = {"groups": [{"id": "g", "attributes": [{"name": "a.b"}]}], "a": [1, "x"]}


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from(TOKENS.split()), max_size=7).map(" ".join)
        | st.text(max_size=8),
        max_size=8,
    )
)
def test_a_filter_of_any_text_gives_a_value_or_an_error(filters: list[str]) -> None:
    with Query(CONTEXT) as query:
        for filter in filters:
            try:
                json.dumps(query.run(filter, {"x": 1}))
            except QueryError as error:
                assert str(error)


@settings(max_examples=30, deadline=None)
@given(
    st.binary(max_size=40)
    | st.text("params:{}[]-,#&*!|>'\"\n\t01.~", max_size=30).map(str.encode)
    | st.text("{}[]-,#&*!|>'\"ab: 01.~", max_size=20).map(
        lambda text: f"params: {text}".encode()
    )
)
def test_a_file_of_parameters_of_any_bytes_is_used_or_refused(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        target = Path(folder, "templates", "registry", "x")
        target.mkdir(parents=True)
        Path(folder, "registry").mkdir()
        Path(folder, "registry", "a.yaml").write_text("groups: []")
        (target / "weaver.yaml").write_text(
            "templates: [{template: t.j2, filter: '$params', application_mode: single}]"
        )
        (target / "t.j2").write_text("{{ ctx }} {{ params }}")
        Path(folder, "params.yaml").write_bytes(content)
        options = {
            "-r": f"{folder}/registry",
            "-t": f"{folder}/templates",
            "--params": f"{folder}/params.yaml",
        }
        words = [word for pair in options.items() for word in pair]
        command = ["registry", "generate", "x", f"{folder}/out", *words]
        result = CliRunner().invoke(main, command)
        assert result.exit_code in (0, 1), result.output
        assert isinstance(result.exception, SystemExit | None)
        assert (result.exit_code == 0) is Path(folder, "out", "t").exists()
