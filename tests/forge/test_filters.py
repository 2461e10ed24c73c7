"""The other filters, tests and functions, as templates see them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Show = Callable[..., str]

VALUES = {
    '"a.b" | attribute_namespace': "a",
    '"a" | attribute_namespace': "other",
    '"a.b.c" | attribute_id': "b.c",
    '"registry.aws_ecs.x" | attribute_registry_title': "Aws Ecs",
    '"registry.aws_ecs" | attribute_registry_file': "attributes-registry/aws-ecs.md",
    '"registry.a.b" | attribute_registry_namespace': "a",
    '"metric.a.b" | metric_namespace': "a",
    '"template[int]" | instantiated_type': "int",
    '"string[]" | instantiated_type': "string[]",
    '{"members": [{"value": 1}]} | instantiated_type': "int",
    '{"members": [{"value": 1}, {"value": 1.5}]} | enum_type': "string",
    '{"members": [{"value": 2.5}]} | enum_type': "double",
    "'a\"b' | print_member_value": '"a\\"b"',
    "3 | print_member_value": "3",
    "none | print_member_value": "",
    '[{"requirement_level": "required"}, {}] | required | length': "1",
    '[{"requirement_level": "required"}, {}] | not_required | length': "1",
    '[[1, 2], [3]] | flatten | join(",")': "1,2,3",
    '{"10": 1, "9": 2, "x": 3} | numsort | map("first") | join(",")': "9,10,x",
    '"a.b" | split_id | join("-")': "a-b",
    '"a\\nb" | comment_with_prefix("# ")': "# a\n# b",
    '"the api" | acronym': "the API",
    '"x" | map_text("m")': "y",
    '"z" | map_text("m", "default")': "default",
    '"int" | type_mapping': "i64",
    '"a *b*" | markdown_to_html': "<p>a <em>b</em></p>",
    '"a <b>" | markdown_to_html': "<p>a &lt;b&gt;</p>",
    '"a" | ansi_red': "\x1b[31ma\x1b[0m",
    '"a" | ansi_bg_bright_blue': "\x1b[104ma\x1b[0m",
    'concat_if("a", 1)': "a1",
    'concat_if("a", nope)': "",
    '{"a": ["it is", "1", true, 1e20, ""]} | toyaml': (
        "a:\n- it is\n- \\u00271\\u0027\n- true\n- 1e20\n- \\u0027\\u0027\n"
    ),
    '{"unit": "By"} | prometheus_unit_name': "bytes",
    '{"id": "b", "fields": [{"id": "z"}, {"id": "a"}]} | body_fields'
    ' | map("first") | join(" ")': "b b.a b.z",
}
SETTINGS = (
    "acronyms: [API]\ntext_maps: {m: {x: y}}\ntype_mapping: {int: i64}\n"
    "comment_formats: {c: {format: markdown}}\ndefault_comment_format: c\n"
)


@pytest.mark.parametrize("expression", VALUES)
def test_a_filter_gives_its_text(show: Show, expression: str) -> None:
    assert show(expression, settings=SETTINGS) == VALUES[expression]


METRIC = '{"metric_name": "http.time", "unit": "%s", "instrument": "%s"}'


@pytest.mark.parametrize(
    ("unit", "instrument", "strategy", "expected"),
    [
        ("s", "counter", "NoTranslation", "http.time"),
        ("s", "counter", "UnderscoreEscapingWithoutSuffixes", "http_time"),
        ("s", "counter", "NoUTF8EscapingWithSuffixes", "http.time_seconds_total"),
        (
            "By/s",
            "gauge",
            "UnderscoreEscapingWithSuffixes",
            "http_time_bytes_per_second",
        ),
        ("1/s", "gauge", "UnderscoreEscapingWithSuffixes", "http_time_per_second"),
        ("{x}", "counter", "UnderscoreEscapingWithSuffixes", "http_time_total"),
    ],
)
def test_a_metric_has_one_prometheus_name_per_strategy(
    show: Show, unit: str, instrument: str, strategy: str, expected: str
) -> None:
    metric = METRIC % (unit, instrument)
    call = f'prometheus_metric_name(translation_strategy="{strategy}")'
    assert show(f"{metric} | {call}") == expected


def test_a_histogram_has_names_for_its_parts(show: Show) -> None:
    metric = METRIC % ("{x}", "histogram")
    call = (
        'prometheus_metric_names(translation_strategy="NoTranslation",'
        " expand_summary_and_histogram=true) | join(' ')"
    )
    assert show(f"{metric} | {call}") == (
        "http.time http.time_bucket http.time_count http.time_sum"
    )


def test_attributes_are_sorted_by_level_then_name(show: Show) -> None:
    levels = (
        '[{"name": "d", "requirement_level": "opt_in"},'
        ' {"name": "c", "requirement_level": {"recommended": "x"}},'
        ' {"name": "b", "requirement_level": {"conditionally_required": "x"}},'
        ' {"name": "z", "requirement_level": "required"},'
        ' {"name": "a", "requirement_level": "required"}]'
    )
    assert show(f"{levels} | attribute_sort | map(attribute='name') | join") == "azbcd"


TRUTHS = {
    '{"stability": "stable"} is stable': True,
    '{"stability": "beta"} is experimental': True,
    "{} is experimental": True,
    '{"deprecated": {"reason": "x"}} is deprecated': True,
    '{"deprecated": "x"} is deprecated': False,
    '{"type": {"members": []}} is enum': True,
    '{"members": []} is enum_type': True,
    '"int[]" is simple_type': True,
    '"any" is simple_type': False,
    '"template[int]" is template_type': True,
    '"template[any]" is template_type': False,
    '"int[]" is array': True,
    '"int" is array': False,
}


@pytest.mark.parametrize("expression", TRUTHS)
def test_a_test_tells_the_truth(show: Show, expression: str) -> None:
    assert show(f'"yes" if {expression} else "no"') == (
        "yes" if TRUTHS[expression] else "no"
    )


@pytest.mark.parametrize(
    "expression",
    [
        '".a" | attribute_namespace',
        '"a." | attribute_id',
        '"" | attribute_id',
        '"span.a" | metric_namespace',
        '"registry" | attribute_registry_title',
        '"any" | instantiated_type',
        '{"members": []} | enum_type',
        '{"members": [{"value": true}]} | enum_type',
        "3 | split_id",
        "[1] | flatten",
        "3 | numsort",
        '"a" | regex_replace("(?=a)", "")',
        '"a" | map_text("m", 3)',
        '"a" | comment(format="nope")',
        '[{"requirement_level": {"opt_in": "x"}}, {}] | attribute_sort',
        "{} | prometheus_unit_name",
        '{"metric_name": "a", "unit": "s", "instrument": "x"} | prometheus_metric_name',
        '"x" | snake_case(1)',
        '"x" | snake_case(value="x")',
    ],
)
def test_wrong_values_are_refused(show: Show, expression: str) -> None:
    assert show(expression, settings=SETTINGS) == "TemplateEvaluationFailed"
