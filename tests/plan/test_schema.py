from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # it carries no types

from quaysim.plan import Verdict, read_node_size
from tests.cli.conftest import Run
from tests.cli.inputs import managed, registry, unmanaged
from tests.plan.planning import configured, default_plan, planned

NODES = [read_node_size("8x32Gi")]


@pytest.fixture
def schema(run: Run) -> dict[str, Any]:
    ran = run("plan", "--json-schema")
    assert ran.code == 0
    described: dict[str, Any] = json.loads(ran.out)
    Draft202012Validator.check_schema(described)
    return described


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    """Every part of the schema that describes an object with keys of its own."""
    if isinstance(node, dict):
        if "properties" in node:
            yield node
        for value in node.values():
            yield from _objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from _objects(value)


def test_every_key_is_described(schema: dict[str, Any]) -> None:
    for described in _objects(schema):
        assert described["additionalProperties"] is False
        for name, part in described["properties"].items():
            text = part.get("description") or schema["$defs"][part["$ref"].rpartition("/")[2]]["description"]
            assert len(text) > 3, name


PLANS: dict[str, Callable[[], Verdict]] = {
    "a default registry": default_plan,
    "a blocked one": lambda: planned(registry(unmanaged("route"), unmanaged("mirroring"))),
    "one with advice": lambda: planned(*configured(config={"REPO_MIRROR_INTERVAL": 5})),
    "one with fields that the API server drops": lambda: planned(registry(managed("quay"), speling=1)),
    "one that does not fit on its node": lambda: planned(registry(), nodes=NODES),
    "an upgrade": lambda: planned(registry(), from_version="3.6.4"),
}


@pytest.mark.parametrize("case", PLANS)
def test_every_plan_is_as_the_schema_says(schema: dict[str, Any], case: str) -> None:
    told = json.loads(json.dumps(PLANS[case]().as_json()))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(told)] == []
