"""Rules in the Common Expression Language: what a definition asks of its objects in sentences of its own."""

from __future__ import annotations

from typing import Any

import pytest

from fake_cluster.errors import ApiError
from fake_cluster.kinds.refs import CUSTOM_RESOURCE_DEFINITIONS
from fake_cluster.machinery.direct import DirectClient
from fake_cluster.objects import Object, copy_of
from tests.api.test_definitions import KITES, definition, kite

FIELDS: Object = {
    "replicas": {"type": "integer"},
    "most": {"type": "integer"},
    "ratio": {"type": "number"},
    "text": {"type": "string"},
    "since": {"type": "string", "format": "date-time"},
    "patience": {"type": "string", "format": "duration"},
    "tails": {"type": "array", "items": {"type": "integer"}, "maxItems": 10},
    "words": {"type": "object", "additionalProperties": {"type": "string"}},
    "a-b": {"type": "integer"},
}


def ruled(*rules: Object, on: str = "", **fields: Object) -> Object:
    """A definition with rules on its spec, or on one field of it."""
    crd = definition()
    spec: Object = {"type": "object", "properties": copy_of(FIELDS) | fields}
    target = spec["properties"][on] if on else spec
    target["x-kubernetes-validations"] = list(rules)
    crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"] = spec
    return crd


def rule(text: str, **more: Any) -> Object:
    return {"rule": text} | more


def refusal(client: DirectClient, **spec: Any) -> Object:
    """The one cause for which an object with that spec is refused."""
    with pytest.raises(ApiError) as caught:
        client.create(KITES, kite("red", **spec))
    assert caught.value.code == 422
    (cause,) = caught.value.details["causes"]
    found: Object = cause
    return found


def test_an_object_that_breaks_a_rule_is_refused(client: DirectClient) -> None:
    client.create(CUSTOM_RESOURCE_DEFINITIONS, ruled(rule("self.replicas <= self.most")))
    assert refusal(client, replicas=3, most=2) == {
        "reason": "FieldValueInvalid",
        "field": "spec",
        "message": 'Invalid value: "object": failed rule: self.replicas <= self.most',
    }
    assert client.create(KITES, kite("red", replicas=2, most=2))["spec"]["most"] == 2


@pytest.mark.parametrize(
    ("more", "field", "reason", "message"),
    [
        ({"message": "too many"}, "spec", "FieldValueInvalid", 'Invalid value: "object": too many'),
        (
            {"messageExpression": "'at most %d'.format([self.most])"},
            "spec",
            "FieldValueInvalid",
            'Invalid value: "object": at most 2',
        ),
        (
            {"messageExpression": "self.text", "message": "too many"},
            "spec",
            "FieldValueInvalid",
            'Invalid value: "object": too many',
        ),
        (
            {"fieldPath": ".replicas", "reason": "FieldValueForbidden", "message": "no"},
            "spec.replicas",
            "FieldValueForbidden",
            "Forbidden: no",
        ),
    ],
)
def test_a_rule_has_words_a_place_and_a_reason(
    client: DirectClient, more: Object, field: str, reason: str, message: str
) -> None:
    client.create(CUSTOM_RESOURCE_DEFINITIONS, ruled(rule("self.replicas <= self.most", **more)))
    cause = refusal(client, replicas=3, most=2)
    assert (cause["field"], cause["reason"], cause["message"]) == (field, reason, message)


def test_a_rule_on_a_field_sees_that_field(client: DirectClient) -> None:
    client.create(CUSTOM_RESOURCE_DEFINITIONS, ruled(rule("self > 0"), on="replicas"))
    assert refusal(client, replicas=0)["field"] == "spec.replicas"
    client.create(KITES, kite("none"))


def test_a_rule_that_cannot_be_answered_is_broken(client: DirectClient) -> None:
    client.create(CUSTOM_RESOURCE_DEFINITIONS, ruled(rule("self.replicas <= self.most")))
    assert refusal(client, replicas=3)["message"] == (
        'Invalid value: "object": no such key: most evaluating rule: failed rule: self.replicas <= self.most'
    )


class TestTransitions:
    def test_they_compare_with_what_was_there(self, client: DirectClient) -> None:
        client.create(
            CUSTOM_RESOURCE_DEFINITIONS, ruled(rule("self >= oldSelf", message="never fewer"), on="replicas")
        )
        client.create(KITES, kite("red", replicas=3))
        assert client.patch(KITES, "red", {"spec": {"replicas": 4}}, "shop")["spec"]["replicas"] == 4
        with pytest.raises(ApiError, match=r'spec\.replicas: Invalid value: "integer": never fewer'):
            client.patch(KITES, "red", {"spec": {"replicas": 2}}, "shop")

    def test_optionally_they_are_asked_of_new_objects_too(self, client: DirectClient) -> None:
        text = "oldSelf.hasValue() ? self == oldSelf.value() : self == 1"
        crd = ruled(rule(text, optionalOldSelf=True), on="replicas")
        client.create(CUSTOM_RESOURCE_DEFINITIONS, crd)
        assert refusal(client, replicas=2)["field"] == "spec.replicas"
        client.create(KITES, kite("red", replicas=1))
        with pytest.raises(ApiError, match="failed rule"):
            client.patch(KITES, "red", {"spec": {"replicas": 2}}, "shop")

    def test_elements_of_a_list_have_a_past_by_their_keys(self, client: DirectClient) -> None:
        item = {
            "type": "object",
            "properties": {"id": {"type": "string"}, "size": {"type": "integer"}},
            "required": ["id"],
            "x-kubernetes-validations": [rule("self.size >= oldSelf.size")],
        }
        parts = {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["id"]}
        client.create(CUSTOM_RESOURCE_DEFINITIONS, ruled(rule("true"), parts=parts | {"items": item}))
        client.create(KITES, kite("red", parts=[{"id": "a", "size": 3}, {"id": "b", "size": 1}]))
        swapped = [{"id": "b", "size": 1}, {"id": "a", "size": 3}]
        client.patch(KITES, "red", {"spec": {"parts": swapped}}, "shop")
        with pytest.raises(ApiError, match=r"spec\.parts\[0\]"):
            client.patch(KITES, "red", {"spec": {"parts": [{"id": "a", "size": 2}]}}, "shop")

    def test_what_has_not_changed_may_break_new_rules(self, client: DirectClient) -> None:
        crd = client.create(CUSTOM_RESOURCE_DEFINITIONS, ruled(rule("true")))
        client.create(KITES, kite("red", replicas=-1))
        stricter = ruled(rule("self >= 0"), on="replicas")["spec"]["versions"]
        client.patch(CUSTOM_RESOURCE_DEFINITIONS, crd["metadata"]["name"], {"spec": {"versions": stricter}})
        assert client.patch(KITES, "red", {"spec": {"most": 1}}, "shop")["spec"]["replicas"] == -1
        with pytest.raises(ApiError, match="failed rule"):
            client.patch(KITES, "red", {"spec": {"replicas": -2}}, "shop")


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        ("isURL(self.text) && url(self.text).getHost() == 'a.example'", "http://a.example/x", "a.example"),
        ("self.text.find('[0-9]+') == '42'", "n42", "n43"),
        ("self.text.matches('^[a-z]+$')", "abc", "ab1"),
        ("self.text.lowerAscii() == self.text", "abc", "aBc"),
        ("self.text.split('-').size() == 2", "a-b", "a"),
        ("self.text.indexOf('b') == 1 && self.text.charAt(0) == 'a'", "ab", "ba"),
        ("isQuantity(self.text) && quantity(self.text).isLessThan(quantity('1Gi'))", "512Mi", "2Gi"),
        ("quantity(self.text).add(quantity('1Mi')).compareTo(quantity('2Mi')) == 0", "1024Ki", "1Ki"),
        ("isIP(self.text) && ip(self.text).family() == 4", "10.0.0.1", "::1"),
        ("cidr('10.0.0.0/8').containsIP(self.text)", "10.2.3.4", "11.2.3.4"),
        ("cidr('10.0.0.0/8').containsCIDR(self.text)", "10.2.0.0/16", "11.0.0.0/16"),
        ("!format.named('dns1123Label').validate(self.text).hasValue()", "abc", "a_b"),
    ],
)
def test_texts_are_looked_at_with_the_functions_of_kubernetes(
    client: DirectClient, text: str, good: str, bad: str
) -> None:
    client.create(CUSTOM_RESOURCE_DEFINITIONS, ruled(rule(text)))
    client.create(KITES, kite("good", text=good))
    assert refusal(client, text=bad)["field"] == "spec"


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        ("self.tails.isSorted()", {"tails": [1, 2]}, {"tails": [2, 1]}),
        ("self.tails.sum() == 6 && self.tails.max() == 3 && self.tails.min() == 1", {"tails": [1, 2, 3]}, {"tails": [6]}),
        ("self.tails.all(t, t > 0) && self.tails.exists_one(t, t == 2)", {"tails": [1, 2]}, {"tails": [2, 2]}),
        ("self.ratio >= 1.0", {"ratio": 1}, {"ratio": 0}),
        ("self.since < timestamp('2026-01-01T00:00:00Z')", {"since": "2025-01-01T00:00:00Z"}, {"since": "2027-01-01T00:00:00Z"}),
        ("self.patience <= duration('1m')", {"patience": "30s"}, {"patience": "2m"}),
        ("self.words.all(w, self.words[w].size() < 3)", {"words": {"a": "b"}}, {"words": {"a": "long"}}),
        ("has(self.text) || has(self.most)", {"most": 1}, {"replicas": 1}),
        ("self.a__dash__b > 0", {"a-b": 1}, {"a-b": 0}),
    ],
)  # fmt: skip
def test_values_have_the_types_of_their_schema(
    client: DirectClient, text: str, good: Object, bad: Object
) -> None:
    client.create(CUSTOM_RESOURCE_DEFINITIONS, ruled(rule(text)))
    client.create(KITES, kite("good", **good))
    assert refusal(client, **bad)["field"] == "spec"


def test_rules_are_not_asked_about_the_wrong_shape(client: DirectClient) -> None:
    client.create(CUSTOM_RESOURCE_DEFINITIONS, ruled(rule("self.replicas > 0")))
    with pytest.raises(ApiError) as caught:
        client.create(KITES, kite("red", replicas="many"))
    fields = [cause["field"] for cause in caught.value.details["causes"]]
    assert fields == ["spec.replicas", "<nil>"]
    assert "some validation rules were not checked" in caught.value.details["causes"][1]["message"]


@pytest.mark.parametrize("text", ["self.replicas >", "unheardOf(self)", "nobody.replicas == 1", " "])
def test_a_definition_with_a_rule_that_cannot_be_read_is_refused(client: DirectClient, text: str) -> None:
    with pytest.raises(ApiError) as caught:
        client.create(CUSTOM_RESOURCE_DEFINITIONS, ruled(rule(text)))
    (cause,) = caught.value.details["causes"]
    schema = "spec.versions[0].schema.openAPIV3Schema.properties[spec]"
    assert cause["field"] == f"{schema}.x-kubernetes-validations[0].rule"
