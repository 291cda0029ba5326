from __future__ import annotations

import pytest

from fake_cluster.objects import Object
from quaysim.diff import compare
from quaysim.diff.comparison import MISSING, counted
from quaysim.diff.reading import ObjectSet
from tests.diff.examples import CERTIFICATE, compared, condition, differing, made, only, registry, secret


def test_the_same_objects_are_equal() -> None:
    objects = [made("Service", "web", spec={"ports": [{"port": 80}]}), registry(condition("Available"))]
    assert compared(objects, objects).same


def test_uids_versions_and_times_do_not_count() -> None:
    comparison = compared([made("ConfigMap", "a", version=1)], [made("ConfigMap", "a", version=2)])
    assert comparison.same


def test_a_field_that_differs_is_named_with_both_values() -> None:
    comparison = compared(
        [made("Deployment", "web", spec={"replicas": 2})], [made("Deployment", "web", spec={"replicas": 1})]
    )
    assert differing(comparison) == [("spec.replicas", 2, 1)]
    assert not comparison.same


def test_a_field_that_one_side_lacks_is_missing_there() -> None:
    comparison = compared(
        [made("Deployment", "web", spec={"paused": True})], [made("Deployment", "web", spec={"replicas": 1})]
    )
    assert differing(comparison) == [("spec.paused", True, MISSING), ("spec.replicas", MISSING, 1)]


def test_an_additional_list_item_leaves_the_others_equal() -> None:
    one, more = [{"name": "A", "value": "1"}], [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]
    comparison = compared([made("Pod", "p", spec={"env": one})], [made("Pod", "p", spec={"env": more})])
    fields = [field for field, _, _ in differing(comparison)]
    assert fields == ["spec.env[] (order)", "spec.env[name=B].name", "spec.env[name=B].value"]


def test_the_order_of_named_items_is_a_field() -> None:
    one, other = {"name": "A"}, {"name": "B"}
    comparison = compared(
        [made("Pod", "p", spec={"env": [one, other]})], [made("Pod", "p", spec={"env": [other, one]})]
    )
    assert differing(comparison) == [("spec.env[] (order)", ["A", "B"], ["B", "A"])]


def test_an_object_on_one_side_counts_with_all_its_fields() -> None:
    comparison = compared(
        [made("ConfigMap", "a"), made("ConfigMap", "b", data={"k": "v"})], [made("ConfigMap", "a")]
    )
    assert only(comparison) == {"b": "recorded"}
    equal, total = counted(comparison.objects)
    assert total - equal == 4  # kind, name, namespace and the datum


def test_what_the_cluster_makes_counts_only_where_both_sides_show_it() -> None:
    pod, root = made("Pod", "web-1"), made("ConfigMap", "kube-root-ca.crt")
    assert compared([made("Service", "web")], [made("Service", "web"), pod, root]).same
    assert not compared([pod], [made("Pod", "web-2")]).same


def test_what_was_applied_is_not_an_outcome() -> None:
    bundle = secret("bundle", config_yaml="{}")
    assert compared([made("Service", "web")], [made("Service", "web"), bundle], given=["bundle"]).same
    assert not compared([made("Service", "web")], [made("Service", "web"), bundle]).same


def test_other_namespaces_count_only_where_both_sides_show_them() -> None:
    dashboard = made("ConfigMap", "dashboard", metadata={"namespace": "console"})
    assert compared([made("Service", "web")], [made("Service", "web"), dashboard]).same


def test_generated_names_correspond_in_the_order_of_creation() -> None:
    recorded = [
        secret("s-quay-config-secret-9cbmm94444"),
        secret("s-quay-config-secret-fdh2md4cdf", version=2),
    ]
    simulated = [
        secret("s-quay-config-secret-22222ggggg"),
        secret("s-quay-config-secret-bbbbbccccc", version=2),
    ]
    uses = [
        made("Pod", "p", spec={"secret": objects[0]["metadata"]["name"]}) for objects in (recorded, simulated)
    ]
    assert compared([*recorded, uses[0]], [*simulated, uses[1]]).same
    wrong = made("Pod", "p", spec={"secret": "s-quay-config-secret-bbbbbccccc"})
    assert differing(compared([*recorded, uses[0]], [*simulated, wrong])) == [
        ("spec.secret", "s-quay-config-secret-<1>", "s-quay-config-secret-<2>")
    ]


def test_the_hash_of_a_pod_template_is_not_compared() -> None:
    def rolled_out(hashed: str) -> list[Object]:
        return [made("Deployment", "web", status={"message": f'ReplicaSet "web-{hashed}" has progressed.'})]

    assert compared(rolled_out("7988b467c7"), rolled_out("5cf67ff9b")).same


def test_generated_passwords_must_only_have_the_same_length() -> None:
    def keys(password: str) -> list[Object]:
        uri = f"postgresql://quay:{password}@db:5432/quay"
        kept = secret("s-quay-registry-managed-secret-keys", DB_URI=uri)
        return [kept, secret("s-quay-config-secret-9cbmm94444", config_yaml=f"DB_URI: {uri}\n")]

    assert compared(keys("a" * 80), keys("b" * 80)).same
    assert not compared(keys("a" * 80), keys("b" * 32)).same


def test_a_password_must_be_the_same_wherever_it_is_used() -> None:
    def keys(password: str, used: str) -> list[Object]:
        kept = secret("s-quay-registry-managed-secret-keys", DB_ROOT_PW=password)
        return [kept, secret("s-postgres-config-secret", root=used)]

    assert compared(keys("a" * 32, "a" * 32), keys("b" * 32, "b" * 32)).same
    assert not compared(keys("a" * 32, "a" * 32), keys("b" * 32, "c" * 32)).same


def test_files_in_yaml_are_compared_by_what_they_say() -> None:
    one, other = secret("b", config_yaml="A: 1\nB: x\n"), secret("b", config_yaml='{"B": "x", "A": 2}\n')
    assert differing(compared([one], [other])) == [('data["config.yaml"].A', 1, 2)]


def test_the_clusters_certificates_do_not_count_but_a_users_do() -> None:
    def files(cluster: str, own: str) -> list[Object]:
        return [
            secret("tls", wildcard=CERTIFICATE.format(cluster), own=CERTIFICATE.format(own)),
            secret("bundle", own=CERTIFICATE.format("mine")),
        ]

    assert compared(files("lab", "mine"), files("fake", "mine")).same
    assert not compared(files("lab", "mine"), files("fake", "other")).same


@pytest.mark.parametrize("field", ["clusterIP", "storageClassName"])
def test_what_a_cluster_hands_out_must_only_differ_alike(field: str) -> None:
    def objects(first: str, second: str) -> list[Object]:
        return [made("Service", name, spec={field: given}) for name, given in (("a", first), ("b", second))]

    assert compared(objects("x", "y"), objects("p", "q")).same
    assert not compared(objects("x", "y"), objects("p", "p")).same


def test_conditions_are_compared_one_by_one_and_in_their_order() -> None:
    first, second = condition("ComponentTLSReady"), condition("Available", "HealthChecksPassing")
    failed = condition("Available", "ComponentNotReady", status="False")
    changed = compared([registry(first, second)], [registry(first, failed)])
    assert [item.field for item in changed.conditions[0].differences] == ["Available"]
    assert not changed.objects[0].differences
    turned = compared([registry(first, second)], [registry(second, first)])
    assert [item.field for item in turned.conditions[0].differences] == ["order"]


def test_a_condition_without_its_time_is_another_one() -> None:
    timeless = {key: value for key, value in condition("Available").items() if key != "lastUpdateTime"}
    assert not compared([registry(condition("Available"))], [registry(timeless)]).same


def test_events_are_compared_by_what_they_say_however_often() -> None:
    def said(message: str, count: int) -> Object:
        about = {"kind": "QuayRegistry", "name": "skynet"}
        event: Object = {"type": "Normal", "reason": "Created", "message": message, "count": count}
        return made("Event", f"skynet.{count}", involvedObject=about, **event)

    assert compared([said("done", 1)], [said("done", 5)]).same
    assert not compared([said("done", 1)], [said("failed", 1)]).same
    assert compared([registry()], [registry(), said("done", 1)]).same


def test_two_empty_sets_are_equal() -> None:
    assert compare(ObjectSet("a", []), ObjectSet("b", [])).same
