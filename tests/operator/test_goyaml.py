"""YAML as go-yaml reads and writes it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from quaysim.operator.goyaml import YamlError, dump, dump_wide, load_mapping


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("true", '"true"'),
        ("off", '"off"'),
        ("123", '"123"'),
        ("1e3", '"1e3"'),
        ("~", '"~"'),
        ("", '""'),
        ("2026-11-23", '"2026-11-23"'),
        ("1:30", '"1:30"'),
        ("2w", "2w"),
        ("3.7.10", "3.7.10"),
        (":8080", ":8080"),
        ("a: b", "'a: b'"),
        ("- a", "'- a'"),
        ("it's #1", "'it''s #1'"),
        (" lead", "' lead'"),
        ("@at", "'@at'"),
        ("a\nb\n", "|\n  a\n  b"),
        ("a\nb", "|-\n  a\n  b"),
        ("a\tb", '"a\\tb"'),
        (None, "null"),
        (True, "true"),
        (30, "30"),
        (0.5, "0.5"),
        ({}, "{}"),
        ([], "[]"),
    ],
)
def test_a_value_is_written_as_go_writes_it(value: Any, text: str) -> None:
    assert dump({"key": value}).decode() == f"key: {text}\n"


def test_quays_configuration_has_lists_in_the_column_of_their_key() -> None:
    value = {"b": [{"w": 1, "x": ["z"]}], "a": {"c": [1]}}
    assert dump(value).decode() == "a:\n  c:\n  - 1\nb:\n- w: 1\n  x:\n  - z\n"


def test_clairs_configuration_is_indented_by_four() -> None:
    assert dump_wide({"a": {"c": [1, 2]}}).decode() == "a:\n    c:\n        - 1\n        - 2\n"


def test_letters_are_sorted_after_other_characters() -> None:
    assert dump({"AB": 1, "A_B": 2, "A": 3}).decode() == "A: 3\nA_B: 2\nAB: 1\n"


@pytest.mark.parametrize(
    "value",
    [
        {"text": "plain", "list": ["a", {"b": "c: d"}], "deep": {"er": {"null": None, "n": -1.5}}},
        {"script": "#!/bin/sh\n\necho hi\n", "odd": "  x\n", "quoted": 'a "b" \\ c\x07'},
    ],
)
def test_what_is_written_can_be_read_again(value: dict[str, Any]) -> None:
    assert yaml.safe_load(dump(value)) == value
    assert yaml.safe_load(dump_wide(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1:30", "1:30"),
        ("2026-11-23", "2026-11-23"),
        ("1e3", 1000.0),
        ("yes", True),
        ("0x10", 16),
        ("", None),
    ],
)
def test_a_value_is_read_as_go_reads_it(text: str, value: Any) -> None:
    assert load_mapping(f"key: {text}".encode()) == {"key": value}


def test_an_empty_document_is_no_mapping() -> None:
    assert load_mapping(b"") is None
    assert load_mapping(b"{}") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: b: c", "yaml: mapping values are not allowed in this context"),
        ("x: 1\na: b: c", "yaml: line 2: mapping values are not allowed in this context"),
        ("a: [1, 2\nb: 3", "yaml: line 1: did not find expected ',' or ']'"),
        (
            "- a",
            "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into map[string]interface {}",
        ),
        (
            "just some words",
            (
                "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!str `just so...` into "
                "map[string]interface {}"
            ),
        ),
    ],
)
def test_what_cannot_be_read_is_explained_in_the_words_of_go(text: str, message: str) -> None:
    with pytest.raises(YamlError) as caught:
        load_mapping(text.encode())
    assert str(caught.value) == message
