"""Who may do what: authentication, roles, reviews and impersonation."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from kubernetes.client import ApiException, CoreV1Api

from fake_cluster.api.access.authentication import PEER, peer_header
from fake_cluster.api.access.users import MASTERS, User, authenticated
from fake_cluster.cluster import FakeCluster
from fake_cluster.kinds.refs import (
    CLUSTER_ROLE_BINDINGS,
    CLUSTER_ROLES,
    NAMESPACES,
    ROLE_BINDINGS,
    ROLES,
    SERVICE_ACCOUNTS,
)
from fake_cluster.machinery.client import Client
from fake_cluster.objects import Object, ResourceRef

GROUP = "rbac.authorization.k8s.io"
PODS = "/api/v1/namespaces/shop/pods"
REVIEWS = "/apis/authorization.k8s.io/v1"
JANE = authenticated("jane", ("dev",))


@pytest.fixture
def cluster() -> FakeCluster:
    made = FakeCluster(nodes=1, rbac=True)
    made.client().create(NAMESPACES, {"metadata": {"name": "shop"}})
    made.settle()
    return made


@pytest.fixture
def admin(cluster: FakeCluster) -> Client:
    return cluster.client()


def ask(
    cluster: FakeCluster, method: str, path: str, body: Any = None, token: str = "", **headers: str
) -> tuple[int, Any]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    sent |= {"authorization": f"Bearer {token}"} if token else {}
    response = cluster.api.handle(method, path, {}, sent, b"" if body is None else orjson.dumps(body))
    text = response.body.decode()
    return response.code, orjson.loads(text) if "json" in response.content_type else text


def grant(
    client: Client, kind: str, name: str, role: str, namespace: str = "", *, of: str = "ClusterRole"
) -> None:
    """Bind a role to one subject."""
    subject: Object = {"kind": kind, "name": name}
    subject |= {"namespace": "shop"} if kind == "ServiceAccount" else {"apiGroup": GROUP}
    reference = {"apiGroup": GROUP, "kind": of, "name": role}
    ref = ROLE_BINDINGS if namespace else CLUSTER_ROLE_BINDINGS
    metadata = {"name": f"{name}-{role}"} | ({"namespace": namespace} if namespace else {})
    client.create(ref, {"metadata": metadata, "roleRef": reference, "subjects": [subject]})


def role(client: Client, ref: ResourceRef, name: str, *rules: Object, **metadata: Any) -> None:
    client.create(ref, {"metadata": {"name": name} | metadata, "rules": list(rules)})


class TestAuthentication:
    def test_an_unknown_token_is_nobodys(self, cluster: FakeCluster) -> None:
        code, status = ask(cluster, "GET", PODS, token="guess")
        assert (code, status["reason"], status["message"]) == (401, "Unauthorized", "Unauthorized")

    def test_without_a_token_one_is_anonymous(self, cluster: FakeCluster) -> None:
        code, status = ask(cluster, "GET", PODS)
        assert code == 403
        assert status["message"] == (
            'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" '
            'in the namespace "shop"'
        )
        assert ask(cluster, "GET", "/healthz") == (200, "ok")
        assert ask(cluster, "GET", "/apis")[1]["message"] == (
            'forbidden: User "system:anonymous" cannot get path "/apis"'
        )

    def test_a_certificate_names_user_and_groups(self, cluster: FakeCluster) -> None:
        headers = {PEER: peer_header("root", (MASTERS,))}
        assert cluster.api.handle("GET", PODS, {}, headers).code == 200

    def test_a_service_account_has_a_name_and_groups_until_its_token_is_over(
        self, cluster: FakeCluster, admin: Client
    ) -> None:
        body = {"metadata": {"namespace": "shop"}, "spec": {"expirationSeconds": 600}}
        token = admin.create(SERVICE_ACCOUNTS, body, subresource="token", name="default")["status"]["token"]
        path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
        head = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
        info = ask(cluster, "POST", path, head, token)[1]["status"]["userInfo"]
        assert info["username"] == "system:serviceaccount:shop:default"
        assert info["groups"] == [
            "system:serviceaccounts",
            "system:serviceaccounts:shop",
            "system:authenticated",
        ]
        cluster.advance(601)
        assert ask(cluster, "POST", path, head, token)[0] == 401

    def test_a_token_goes_with_its_account(self, cluster: FakeCluster, admin: Client) -> None:
        admin.create(SERVICE_ACCOUNTS, {"metadata": {"name": "bot", "namespace": "shop"}})
        body = {"metadata": {"namespace": "shop"}, "spec": {}}
        token = admin.create(SERVICE_ACCOUNTS, body, subresource="token", name="bot")["status"]["token"]
        assert ask(cluster, "GET", PODS, token=token)[0] == 403
        admin.delete(SERVICE_ACCOUNTS, "bot", "shop")
        assert ask(cluster, "GET", PODS, token=token)[0] == 401

    def test_nobody_needs_a_token_while_access_is_open(self) -> None:
        assert ask(FakeCluster(nodes=0), "GET", PODS)[0] == 200


class TestRoles:
    def test_a_role_allows_what_it_says_where_it_is_bound(self, cluster: FakeCluster, admin: Client) -> None:
        token = cluster.token_for(JANE)
        assert ask(cluster, "GET", PODS, token=token)[0] == 403
        grant(admin, "Group", "dev", "view", "shop")
        assert ask(cluster, "GET", PODS, token=token)[0] == 200
        assert ask(cluster, "GET", "/api/v1/namespaces/default/pods", token=token)[0] == 403
        assert ask(cluster, "DELETE", f"{PODS}/x", token=token)[0] == 403
        admin.delete(ROLE_BINDINGS, "dev-view", "shop")
        assert ask(cluster, "GET", PODS, token=token)[0] == 403

    @pytest.mark.parametrize(
        ("role_name", "path", "code"),
        [
            ("view", "/api/v1/namespaces/shop/secrets", 403),
            ("edit", "/api/v1/namespaces/shop/secrets", 200),
            ("edit", f"/apis/{GROUP}/v1/namespaces/shop/roles", 403),
            ("admin", f"/apis/{GROUP}/v1/namespaces/shop/roles", 200),
            ("admin", "/api/v1/nodes", 403),
            ("cluster-admin", "/api/v1/nodes", 200),
        ],
    )
    def test_the_usual_roles(
        self, cluster: FakeCluster, admin: Client, role_name: str, path: str, code: int
    ) -> None:
        grant(admin, "User", "jane", role_name)
        assert ask(cluster, "GET", path, token=cluster.token_for(JANE))[0] == code

    def test_names_and_subresources_count(self, cluster: FakeCluster, admin: Client) -> None:
        rule = {"apiGroups": [""], "resources": ["configmaps", "pods/log"], "verbs": ["get"]}
        role(admin, ROLES, "narrow", rule | {"resourceNames": ["mine"]}, namespace="shop")
        grant(admin, "User", "jane", "narrow", "shop", of="Role")
        token, root = cluster.token_for(JANE), "/api/v1/namespaces/shop"
        assert ask(cluster, "GET", f"{root}/configmaps/mine", token=token)[0] == 404
        assert ask(cluster, "GET", f"{root}/configmaps/yours", token=token)[0] == 403
        assert ask(cluster, "GET", f"{root}/pods/mine/log", token=token)[0] == 404
        code, status = ask(cluster, "GET", f"{root}/pods/mine/exec", token=token)
        assert code == 403
        assert 'cannot get resource "pods/exec" in API group ""' in status["message"]

    def test_what_one_may_not_see_is_not_told(self, cluster: FakeCluster) -> None:
        code, status = ask(
            cluster, "GET", "/apis/none.example.com/v1/things/a", token=cluster.token_for(JANE)
        )
        assert code == 403
        assert status["message"] == (
            'things.none.example.com "a" is forbidden: User "jane" cannot get resource "things" in API group '
            '"none.example.com" at the cluster scope'
        )

    def test_a_binding_to_no_role_says_so(self, cluster: FakeCluster, admin: Client) -> None:
        grant(admin, "User", "jane", "ghost")
        _, status = ask(cluster, "GET", "/api/v1/nodes", token=cluster.token_for(JANE))
        assert status["message"].endswith(f': RBAC: clusterrole.{GROUP} "ghost" not found')

    def test_roles_are_aggregated(self, cluster: FakeCluster, admin: Client) -> None:
        token, path = cluster.token_for(JANE), "/apis/toys.example.com/v1/kites"
        grant(admin, "User", "jane", "view")
        assert ask(cluster, "GET", path, token=token)[0] == 403
        rule = {"apiGroups": ["toys.example.com"], "resources": ["kites"], "verbs": ["list"]}
        role(admin, CLUSTER_ROLES, "kites", rule, labels={f"{GROUP}/aggregate-to-view": "true"})
        assert ask(cluster, "GET", path, token=token)[0] == 404
        admin.delete(CLUSTER_ROLES, "kites")
        assert ask(cluster, "GET", path, token=token)[0] == 403

    def test_the_official_client_can_be_anybody(self, cluster: FakeCluster) -> None:
        assert CoreV1Api(cluster.kube_client()).list_node().items
        with pytest.raises(ApiException) as caught:
            CoreV1Api(cluster.kube_client(user="jane")).list_node()
        assert caught.value.status == 403


class TestReviews:
    def _review(self, cluster: FakeCluster, plural: str, spec: Object, user: User) -> Object:
        kinds = {
            "selfsubjectaccessreviews": "SelfSubjectAccessReview",
            "subjectaccessreviews": "SubjectAccessReview",
            "selfsubjectrulesreviews": "SelfSubjectRulesReview",
        }
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": kinds[plural], "spec": spec}
        code, answer = ask(cluster, "POST", f"{REVIEWS}/{plural}", body, cluster.token_for(user))
        assert code == 201, answer
        status: Object = answer["status"]
        return status

    def test_one_can_ask_what_one_may(self, cluster: FakeCluster, admin: Client) -> None:
        asked = {"resourceAttributes": {"verb": "list", "resource": "pods", "namespace": "shop"}}
        assert self._review(cluster, "selfsubjectaccessreviews", asked, JANE) == {"allowed": False}
        grant(admin, "Group", "dev", "view", "shop")
        assert self._review(cluster, "selfsubjectaccessreviews", asked, JANE) == {
            "allowed": True,
            "reason": 'RBAC: allowed by RoleBinding "dev-view/shop" of ClusterRole "view" to Group "dev"',
        }

    def test_an_administrator_can_ask_about_others(self, cluster: FakeCluster, admin: Client) -> None:
        grant(admin, "ServiceAccount", "bot", "edit", "shop")
        asked = {"verb": "create", "resource": "secrets", "namespace": "shop"}
        spec = {"user": "system:serviceaccount:shop:bot", "resourceAttributes": asked}
        root = User("root", (MASTERS,))
        assert self._review(cluster, "subjectaccessreviews", spec, root)["allowed"] is True
        spec["user"] = "system:serviceaccount:shop:other"
        assert self._review(cluster, "subjectaccessreviews", spec, root)["allowed"] is False

    def test_rules_are_listed(self, cluster: FakeCluster, admin: Client) -> None:
        rule = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}
        role(admin, ROLES, "reader", rule, namespace="shop")
        grant(admin, "User", "jane", "reader", "shop", of="Role")
        status = self._review(cluster, "selfsubjectrulesreviews", {"namespace": "shop"}, JANE)
        assert rule in [dict(item) for item in status["resourceRules"]]
        assert any("/healthz" in item["nonResourceURLs"] for item in status["nonResourceRules"])

    def test_a_question_about_nothing_is_invalid(self, cluster: FakeCluster) -> None:
        head = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": {}}
        path, token = f"{REVIEWS}/selfsubjectaccessreviews", cluster.token_for(JANE)
        code, status = ask(cluster, "POST", path, head, token)
        assert (code, status["details"]["causes"][0]["field"]) == (422, "spec.resourceAttributes")


class TestImpersonation:
    def test_one_acts_as_somebody_else_if_one_may(self, cluster: FakeCluster, admin: Client) -> None:
        grant(admin, "User", "bob", "view")
        token = cluster.token_for(JANE)
        code, status = ask(cluster, "GET", "/api/v1/pods", token=token, impersonate_user="bob")
        assert code == 403
        assert status["message"] == (
            'users "bob" is forbidden: User "jane" cannot impersonate resource "users" in API group "" '
            "at the cluster scope"
        )
        rule = {"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"], "resourceNames": ["bob"]}
        role(admin, CLUSTER_ROLES, "bob", rule)
        grant(admin, "User", "jane", "bob")
        assert ask(cluster, "GET", "/api/v1/pods", token=token, impersonate_user="bob")[0] == 200
        headers = {"impersonate_user": "bob", "impersonate_group": "system:masters"}
        assert ask(cluster, "GET", "/api/v1/pods", token=token, **headers)[0] == 403


class TestEscalation:
    def _role(self, *verbs: str) -> Object:
        rule = {"apiGroups": [""], "resources": ["pods"], "verbs": list(verbs)}
        head = {"apiVersion": f"{GROUP}/v1", "kind": "Role", "metadata": {"name": "mine"}}
        return head | {"rules": [rule]}

    def test_nobody_gives_away_what_they_do_not_have(self, cluster: FakeCluster, admin: Client) -> None:
        grant(admin, "User", "jane", "admin", "shop")
        token, path = cluster.token_for(JANE), f"/apis/{GROUP}/v1/namespaces/shop/roles"
        assert ask(cluster, "POST", path, self._role("get"), token)[0] == 201
        wild = self._role("teleport") | {"metadata": {"name": "wild"}}
        code, status = ask(cluster, "POST", path, wild, token)
        assert code == 403
        assert status["message"] == (
            f'roles.{GROUP} "wild" is forbidden: user "jane" (groups=["dev" "system:authenticated"]) is '
            "attempting to grant RBAC permissions not currently held:\n"
            '{APIGroups:[""], Resources:["pods"], Verbs:["teleport"]}'
        )

    def test_nor_by_a_binding(self, cluster: FakeCluster, admin: Client) -> None:
        grant(admin, "User", "jane", "admin", "shop")
        path = f"/apis/{GROUP}/v1/namespaces/shop/rolebindings"
        subject = {"kind": "User", "name": "jane", "apiGroup": GROUP}
        for role_name, code in (("view", 201), ("cluster-admin", 403)):
            reference = {"apiGroup": GROUP, "kind": "ClusterRole", "name": role_name}
            body = {"metadata": {"name": role_name}, "roleRef": reference, "subjects": [subject]}
            assert ask(cluster, "POST", path, body, cluster.token_for(JANE))[0] == code
