"""Custom resources: what a CustomResourceDefinition makes of them."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.errors import ApiError, FieldError
from fake_cluster.kinds import Decoded, FieldValidation, Kinds, Resource
from fake_cluster.objects import Object, copy_of

SCHEMA: Object = {
    "type": "object",
    "required": ["spec"],
    "properties": {
        "spec": {
            "type": "object",
            "required": ["size"],
            "properties": {
                "size": {"type": "integer", "minimum": 1, "maximum": 9},
                "mode": {"type": "string", "enum": ["fast", "safe"], "default": "safe"},
                "name": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5},
                "port": {"x-kubernetes-int-or-string": True},
                "hint": {"type": "string", "nullable": True},
                "ratio": {"type": "number"},
                "since": {"type": "string", "format": "date-time"},
                "limits": {"type": "object", "additionalProperties": {"type": "integer"}},
                "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                "parts": {
                    "type": "array",
                    "maxItems": 3,
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["name"],
                    "items": {
                        "type": "object",
                        "required": ["name"],
                        "properties": {
                            "name": {"type": "string"},
                            "managed": {"type": "boolean", "default": True},
                        },
                    },
                },
                "either": {
                    "type": "object",
                    "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
                    "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
                },
            },
        },
        "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}


def definition(schema: Object = SCHEMA, **version: Any) -> Object:
    entry = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}, **version}
    names = {"plural": "tabs", "kind": "Tab", "shortNames": ["tb"], "categories": ["all"]}
    return {"spec": {"group": "g.io", "scope": "Namespaced", "names": names, "versions": [entry]}}


def tabs(crd: Object | None = None) -> Resource:
    kinds = Kinds()
    kinds.add_crd(crd or definition())
    found = kinds.find("g.io", "v1", "tabs")
    assert found is not None
    return found


def tab(**spec: Any) -> Object:
    return {"apiVersion": "g.io/v1", "kind": "Tab", "metadata": {"name": "x"}, "spec": {"size": 1} | spec}


def decode(obj: Object, strict: FieldValidation = "Warn") -> Decoded:
    return tabs().decode(obj, strict=strict)


def errors(obj: Object) -> list[str]:
    return [str(error) for error in tabs().validate_create(decode(obj).obj)]


# --- what is served -----------------------------------------------------------------------------------


def test_a_definition_adds_its_resource_and_takes_it_away_again() -> None:
    kinds, crd = Kinds(), definition()
    before = [item.ref for item in kinds.resources()]

    kinds.add_crd(crd)
    added = kinds.by_kind("g.io/v1", "Tab")
    assert added is not None
    assert (added.singular, added.list_kind, added.short_names) == ("tab", "TabList", ("tb",))
    assert added.is_custom
    assert [item.ref for item in kinds.resources()] == [*before, added.ref]

    kinds.remove_crd(crd)
    assert kinds.find("g.io", "v1", "tabs") is None
    assert [item.ref for item in kinds.resources()] == before


def test_one_clusters_definitions_are_not_anothers() -> None:
    kinds = Kinds()
    kinds.add_crd(definition())

    assert Kinds().find("g.io", "v1", "tabs") is None


def test_versions_come_in_their_order_of_stability_and_unserved_ones_not_at_all() -> None:
    crd = definition()
    template = crd["spec"]["versions"][0]
    names = ["v1alpha1", "v2", "v1", "v10", "v1beta2", "foo"]
    crd["spec"]["versions"] = [template | {"name": name, "storage": name == "v1"} for name in names]
    crd["spec"]["versions"].append(template | {"name": "v3", "served": False, "storage": False})
    kinds = Kinds()
    kinds.add_crd(crd)

    served = [item for item in kinds.resources() if item.is_custom]

    assert [item.ref.version for item in served] == ["v10", "v2", "v1", "v1beta2", "v1alpha1", "foo"]
    assert {item.storage.version for item in served} == {"v1"}


def test_versions_without_conversion_differ_in_their_name_and_defaults_only() -> None:
    later = copy_of(SCHEMA)
    later["properties"]["spec"]["properties"]["added"] = {"type": "string", "default": "new"}
    crd = definition()
    entry = {"name": "v2", "served": True, "storage": False, "schema": {"openAPIV3Schema": later}}
    crd["spec"]["versions"].append(entry)
    kinds = Kinds()
    kinds.add_crd(crd)
    v2 = kinds.find("g.io", "v2", "tabs")
    assert v2 is not None

    shown = v2.from_storage(tab())

    assert shown["apiVersion"] == "g.io/v2"
    assert shown["spec"]["added"] == "new"
    assert v2.to_storage(shown)["apiVersion"] == "g.io/v1"


# --- pruning and defaults -----------------------------------------------------------------------------


def test_unknown_fields_are_pruned_with_a_warning_each() -> None:
    obj = tab(siez=2, parts=[{"name": "a", "manged": False}]) | {"extra": 1}
    obj["metadata"]["lables"] = {}

    found = decode(obj)

    assert list(found.warnings) == [
        'unknown field "metadata.lables"',
        'unknown field "spec.siez"',
        'unknown field "spec.parts[0].manged"',
        'unknown field "extra"',
    ]
    assert found.obj == tab(parts=[{"name": "a"}])


def test_strict_decoding_refuses_unknown_fields() -> None:
    with pytest.raises(ApiError) as raised:
        decode(tab(siez=2), "Strict")

    assert raised.value.code == 400
    assert raised.value.message == (
        'Tab in version "v1" cannot be handled as a Tab: strict decoding error: unknown field "spec.siez"'
    )


def test_unknown_fields_are_kept_where_the_schema_preserves_them() -> None:
    free = {"any": {"thing": [1, None]}}

    assert decode(tab(free=free)).obj["spec"]["free"] == free


def test_empty_values_are_kept_as_written() -> None:
    obj = tab(parts=[], name="", free={})

    assert decode(obj).obj == obj


def test_defaults_are_filled_in_everywhere_but_in_objects_that_are_not_there() -> None:
    obj = decode(tab(parts=[{"name": "a"}, {"name": "b", "managed": False}])).obj

    tabs().default(obj)

    assert obj["spec"]["mode"] == "safe"
    assert [part["managed"] for part in obj["spec"]["parts"]] == [True, False]
    assert "free" not in obj["spec"]


def test_a_null_counts_as_missing_unless_it_is_allowed() -> None:
    obj = decode(tab(mode=None, name=None, hint=None)).obj

    tabs().default(obj)

    assert obj["spec"] == {"size": 1, "mode": "safe", "hint": None}


def test_metadata_of_a_wrong_type_is_a_bad_request() -> None:
    with pytest.raises(ApiError, match=r"cannot unmarshal number into Go struct field ObjectMeta\.labels"):
        decode({"metadata": {"labels": {"a": 1}}})


# --- generation and status ----------------------------------------------------------------------------


@pytest.mark.parametrize(("subresources", "moved"), [({"status": {}}, 0), ({}, 1)])
def test_status_counts_as_content_only_without_the_subresource(subresources: Object, moved: int) -> None:
    kind = tabs(definition(subresources=subresources))
    old = decode(tab() | {"status": {"ready": False}}).obj
    kind.prepare_create(old)
    new = copy_of(old) | {"status": {"ready": True}}

    kind.prepare_update(new, old)

    assert old["metadata"]["generation"] == 1
    assert new["metadata"]["generation"] == 1 + moved
    assert new.get("status") == ({"ready": True} if moved else None)


def test_a_status_update_takes_the_status_and_nothing_else() -> None:
    old = tab()
    new = tab(size=5) | {"status": {"ready": True}}
    new["metadata"] = {"name": "x", "labels": {"a": "b"}}

    tabs(definition(subresources={"status": {}})).prepare_status_update(new, old)

    assert new == old | {"status": {"ready": True}}


# --- validation ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        (
            {"size": "big"},
            'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
        ),
        ({"size": 0}, "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1"),
        ({"size": 10}, "spec.size: Invalid value: 10: spec.size in body should be less than or equal to 9"),
        (
            {"size": 1.5},
            'spec.size: Invalid value: "number": spec.size in body must be of type integer: "number"',
        ),
        ({"mode": "slow"}, 'spec.mode: Unsupported value: "slow": supported values: "fast", "safe"'),
        ({"name": "A1"}, """spec.name: Invalid value: "A1": spec.name in body should match '^[a-z]+$'"""),
        ({"name": "abcdef"}, "spec.name: Too long: may not be more than 5 bytes"),
        (
            {"port": True},
            'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"',
        ),
        (
            {"since": "noon"},
            'spec.since: Invalid value: "noon": spec.since in body must be of type date-time: "noon"',
        ),
        (
            {"limits": {"a": "1"}},
            'spec.limits.a: Invalid value: "string": spec.limits.a in body must be of type integer: "string"',
        ),
        ({"parts": [{}]}, "spec.parts[0].name: Required value"),
        ({"parts": [{"name": "a"}, {"name": "a"}]}, 'spec.parts[1]: Duplicate value: {"name":"a"}'),
        (
            {"parts": [{"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "d"}]},
            "spec.parts: Too many: 4: must have at most 3 items",
        ),
        (
            {"either": {"a": "1", "b": "2"}},
            (
                'spec.either: Invalid value: {"a":"1","b":"2"}: "spec.either" must validate one and only one schema '
                "(oneOf). Found valid against 2 schemas"
            ),
        ),
    ],
)
def test_a_rule_that_is_broken_is_named_with_field_and_value(spec: Object, text: str) -> None:
    assert errors(tab(**spec)) == [text]


@pytest.mark.parametrize(
    "spec", [{}, {"port": "http"}, {"port": 80}, {"hint": None}, {"ratio": 1}, {"either": {"a": ""}}]
)
def test_what_fits_the_schema_is_valid(spec: Object) -> None:
    assert errors(tab(**spec)) == []


def test_a_missing_object_is_required() -> None:
    obj = {"apiVersion": "g.io/v1", "kind": "Tab", "metadata": {"name": "x"}}

    assert tabs().validate_create(obj) == [FieldError("FieldValueRequired", "spec", "Required value")]


def test_the_name_is_validated_with_the_rest() -> None:
    obj = tab(size=0)
    obj["metadata"]["name"] = "No_Name"

    assert [error.field for error in tabs().validate_create(obj)] == ["metadata.name", "spec.size"]


def test_an_invalid_value_that_an_update_leaves_alone_stays_valid() -> None:
    old = tab(mode="slow", parts=[{"name": "a", "managed": "yes"}, {"name": "b"}])
    reordered = tab(mode="slow", size=2, parts=[{"name": "b"}, {"name": "a", "managed": "yes"}])
    changed = tab(mode="slower", parts=old["spec"]["parts"])

    assert tabs().validate_update(reordered, old) == []
    assert [error.field for error in tabs().validate_update(changed, old)] == ["spec.mode"]


# --- columns ------------------------------------------------------------------------------------------


def test_printer_columns_follow_the_definition() -> None:
    columns = [
        {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
        {"name": "Ready", "type": "string", "jsonPath": '.status.conditions[?(@.type=="Ready")].status'},
        {"name": "First", "type": "string", "jsonPath": ".spec.parts[0].name", "priority": 1},
        {"name": "App", "type": "string", "jsonPath": r".metadata.labels.app\.kubernetes\.io/name"},
        {"name": "Since", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
        {"name": "None", "type": "string", "jsonPath": ".spec.nothing.here"},
    ]
    obj = tab(parts=[{"name": "a"}])
    obj["metadata"] |= {
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "labels": {"app.kubernetes.io/name": "shop"},
    }
    obj["status"] = {"conditions": [{"type": "Seen", "status": "?"}, {"type": "Ready", "status": "True"}]}

    shown = tabs(definition(additionalPrinterColumns=columns)).columns

    assert [item.name for item in shown] == ["Name", "Size", "Ready", "First", "App", "Since", "None"]
    cells = [item.value(obj, 1_767_225_600.0 + 90) for item in shown]
    assert cells == ["x", 1, "True", "a", "shop", "90s", None]


def test_without_columns_the_age_is_shown() -> None:
    assert [item.name for item in tabs().columns] == ["Name", "Age"]
