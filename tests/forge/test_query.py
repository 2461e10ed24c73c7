"""jq: Weaver's functions, jaq's numbers, and limits."""

from __future__ import annotations

from typing import Any

import pytest

from swarmgen.forge.query import Query, QueryError


def attribute(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "string", "stability": "stable", **more}


ENUM = {
    "members": [
        {"id": "a", "value": "a", "stability": "stable"},
        {"id": "b", "value": "b", "stability": "development"},
    ]
}
CONTEXT = {
    "groups": [
        {
            "id": "registry.work",
            "type": "attribute_group",
            "attributes": [
                attribute("work.size", type=ENUM),
                attribute("work.id", deprecated={"reason": "obsoleted"}),
                attribute("flat", stability="development"),
                attribute(
                    "hidden.x", annotations={"code_generation": {"exclude": True}}
                ),
            ],
        },
        {
            "id": "metric.work.count",
            "type": "metric",
            "metric_name": "work.count",
            "stability": "stable",
            "attributes": [attribute("work.id", stability="development")],
        },
        {"id": "entity.host", "type": "entity", "name": "host", "attributes": []},
    ]
}


def run(filter: str, context: Any = CONTEXT, **variables: Any) -> Any:
    with Query(context) as query:
        return query.run(filter, variables)


def test_attributes_are_sorted_by_root_namespace_and_name() -> None:
    names = run("[semconv_attributes[] | [.root_namespace, .name]]")
    assert names == [["other", "flat"], ["work", "work.id"], ["work", "work.size"]]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ('{"stable_only": true}', ["work.id", "work.size"]),
        ('{"exclude_stability": ["experimental"]}', ["work.id", "work.size"]),
        ('{"exclude_deprecated": true}', ["flat", "work.size"]),
        ('{"exclude_root_namespace": ["work"]}', ["flat"]),
        (
            '{"ignore_code_generation_annotations": true}',
            ["hidden.x", "flat", "work.id", "work.size"],
        ),
    ],
)
def test_options_choose_attributes(options: str, names: list[str]) -> None:
    assert run(f"[semconv_attributes({options})[].name]") == names


def test_options_choose_members_of_enums_too() -> None:
    members = run(
        'semconv_attributes({"stable_only": true})[] | .type.members? // empty | map(.id)'
    )
    assert members == ["a"]


def test_signals_are_grouped_by_the_second_part_of_their_id() -> None:
    groups = run("semconv_grouped_metrics")
    assert [group["root_namespace"] for group in groups] == ["work"]
    assert groups[0]["metrics"][0]["metric_name"] == "work.count"


def test_resource_is_another_word_for_entity() -> None:
    assert run('[semconv_signal("resource"; {})[].id]') == ["entity.host"]


def test_attributes_of_signals_are_filtered_too() -> None:
    assert run('semconv_metrics({"stable_only": true}) | .[0].attributes') == []


def test_version_2_has_its_own_paths() -> None:
    context = {"registry": {"attributes": [{"key": "a.b"}], "spans": [{"type": "s.t"}]}}
    assert run('[semconv_attributes({"v2": true})[].root_namespace]', context) == ["a"]
    assert run('[semconv_spans({"v2": true})[].root_namespace]', context) == ["s"]


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        (".a", 1.0),
        (".a + 1", 2.0),
        ("1.0 + 1", 2.0),
        ("1 + 1", 2),
        ("4 / 2", 2.0),
        ("2.0 | floor", 2),
        ("4 | sqrt", 2.0),
        ("-0.0", -0.0),
        ("1e3", 1000.0),
        ("5.5 % 2", 1.5),
        ("[1.5, 1.5] | add", 3.0),
        ("$p", 3.0),
        ('"\\(1.0 + 1)"', "2.0"),
        ("[(1, 2) * (3, 4)]", [3, 4, 6, 8]),
        ("18446744073709551616", 18446744073709551616.0),
        ('["a", null, 1] | join("-")', "a-null-1"),
        ('"a1b22" | [scan("[0-9]+")]', ["1"]),
        ('"(1 + 1)" + "# no comment" # 1', "(1 + 1)# no comment"),
    ],
)
def test_numbers_are_those_of_jaq(filter: str, expected: Any) -> None:
    result = run(filter, {"a": 1.0}, p=3.0)
    assert (repr(result), type(result)) == (repr(expected), type(expected))


def test_one_output_stands_alone_and_several_are_a_list() -> None:
    assert [run("1"), run("1, 2"), run("empty")] == [1, [1, 2], []]


def test_keys_are_sorted() -> None:
    assert list(run("{b: 1, a: {d: 1, c: 2}}")) == ["a", "b"]


@pytest.mark.parametrize(
    "filter",
    [
        '["a"] | @csv',
        "INDEX(.a)",
        "input",
        "$ENV",
        "$nope",
        ".groups | keys | .x",
        "(",
        ".5",
        "nope",
        "error",
        '"a" + 1',
    ],
)
def test_a_filter_that_fails_says_so(filter: str) -> None:
    with pytest.raises(QueryError, match=r"\w"):
        run(filter)


def test_a_wrong_filter_names_its_own_line() -> None:
    with pytest.raises(QueryError, match="line 2"):
        run(".groups\n| nope")


def test_a_filter_without_end_is_stopped_and_the_next_one_runs() -> None:
    with Query({}, time_limit=0.5) as query:
        with pytest.raises(QueryError, match="longer"):
            query.run("def f: f; f", {})
        assert query.run("1", {}) == 1


def test_equal_filters_share_a_result() -> None:
    with Query(CONTEXT) as query:
        assert query.run(".groups", {}) is query.run(".groups", {})


def test_expected_filters_are_computed_ahead_with_the_same_results() -> None:
    with Query(CONTEXT) as query:
        query.expect([("1", {}), ("error", {}), ("2", {}), ("1", {})])
        assert query.run("1", {}) == 1
        with pytest.raises(QueryError):
            query.run("error", {})
        assert query.run("3", {}) == 3
        assert [query.run("2", {}), query.run("1", {})] == [2, 1]
