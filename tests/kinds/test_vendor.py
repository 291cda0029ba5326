"""The schema data in the tree is what its script makes of the published schemas."""

from __future__ import annotations

import orjson
import pytest

from fake_cluster.kinds import vendor
from fake_cluster.kinds.go_types import ALWAYS, STRING_POINTERS, VALUES


@pytest.fixture(scope="module")
def made() -> dict[str, dict[str, vendor.Definition]]:
    pytest.importorskip("kubernetes_validate")
    return vendor.files()


def test_the_data_is_up_to_date(made: dict[str, dict[str, vendor.Definition]]) -> None:
    kept = {path.stem: orjson.loads(path.read_bytes()) for path in vendor.DATA.glob("*.json")}

    assert kept == made


def test_the_facts_about_go_types_are_about_fields_that_exist(
    made: dict[str, dict[str, vendor.Definition]],
) -> None:
    structs = {name: data for group in made.values() for name, data in group.items()}
    unknown = [
        f"{name}.{field}"
        for table in (VALUES, STRING_POINTERS, ALWAYS)
        for name, fields in table.items()
        for field in fields
        if name not in structs or field not in structs[name]["fields"]
    ]

    assert unknown == []
