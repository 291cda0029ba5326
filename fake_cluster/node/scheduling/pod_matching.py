"""What Pods say about each other: affinity, anti-affinity and topology spread.

Source: documentation "Assigning Pods to Nodes" and "Pod Topology Spread Constraints".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from fake_cluster.node.scheduling.cluster_state import (
    ClusterState,
    NodeState,
    pod_terms,
    required_anti_affinity,
    topology,
)
from fake_cluster.node.scheduling.node_matching import selects
from fake_cluster.objects import Object, labels_of
from fake_cluster.selectors import label_test, matches

NamespacesOf = Callable[[Object], Iterable[str]]
"""The names of the namespaces that a LabelSelector means."""


class PodMatcher:
    """Answers for one Pod that is to be placed. Each question is worked out once for all nodes."""

    def __init__(self, pod: Object, cluster: ClusterState, namespaces_of: NamespacesOf) -> None:
        self._pod = pod
        self._cluster = cluster
        self._namespaces_of = namespaces_of
        self._wanted = [self._domains(term) for term in pod_terms(pod, "podAffinity", "required")]
        self._avoided = [self._domains(term) for term in required_anti_affinity(pod)]
        self._repelled = self._repelled_domains()
        self._preferences = [*self._preferred("podAffinity", 1), *self._preferred("podAntiAffinity", -1)]
        constraints = pod["spec"].get("topologySpreadConstraints") or ()
        self._spreads = [(c, self._spread_counts(c)) for c in constraints]

    # --- questions --------------------------------------------------------------------------------

    def has_company(self, state: NodeState) -> bool:
        """Whether the required affinity allows the node."""
        terms = pod_terms(self._pod, "podAffinity", "required")
        return all(
            self._is_in(state, key, domains) or (not domains and self._is_first(term, state))
            for term, (key, domains) in zip(terms, self._wanted, strict=True)
        )

    def avoids(self, state: NodeState) -> bool:
        """Whether the required anti-affinity forbids the node."""
        return any(self._is_in(state, key, domains) for key, domains in self._avoided)

    def is_repelled(self, state: NodeState) -> bool:
        """Whether the required anti-affinity of a Pod that is there forbids the node."""
        return any(topology(state, key) == domain for key, domain in self._repelled)

    def liking(self, state: NodeState) -> int:
        """The weights of the preferred affinity minus those of the preferred anti-affinity."""
        return sum(
            weight * domains.get(topology(state, key) or "", 0) for weight, key, domains in self._preferences
        )

    def is_uneven(self, state: NodeState) -> bool:
        """Whether the Pod would break a topology spread constraint on this node."""
        return any(
            constraint.get("whenUnsatisfiable") == "DoNotSchedule"
            and self._skew(state, constraint, counts) > 0
            for constraint, counts in self._spreads
        )

    def crowding(self, state: NodeState) -> int:
        """How many of the Pods that it should keep apart from are in the node's domains."""
        return sum(counts.get(topology(state, c["topologyKey"]) or "", 0) for c, counts in self._spreads)

    # --- answers ----------------------------------------------------------------------------------

    @staticmethod
    def _is_in(state: NodeState, key: str, domains: Counter[str]) -> bool:
        return (topology(state, key) or "") in domains

    def _is_first(self, term: Object, state: NodeState) -> bool:
        """A group may begin somewhere: a Pod that fits its own term, where no other does."""
        fits_itself = matches(term.get("labelSelector"), labels_of(self._pod))
        return fits_itself and topology(state, term["topologyKey"]) is not None

    def _namespaces(self, term: Object, pod: Object) -> Iterable[str] | None:
        if term.get("namespaceSelector") == {}:
            return None
        names = list(term.get("namespaces") or ())
        if term.get("namespaceSelector"):
            return [*names, *self._namespaces_of(term["namespaceSelector"])]
        return names or [pod["metadata"]["namespace"]]

    def _domains(self, term: Object) -> tuple[str, Counter[str]]:
        """Topology key, and how many Pods the term means in each of its domains."""
        test, key = label_test(term.get("labelSelector")), term["topologyKey"]
        counts: Counter[str] = Counter()
        for pod, state in self._cluster.pods_of(self._namespaces(term, self._pod)):
            domain = topology(state, key)
            if domain is not None and test(labels_of(pod)):
                counts[domain] += 1
        return key, counts

    def _preferred(self, kind: str, sign: int) -> list[tuple[int, str, Counter[str]]]:
        terms = pod_terms(self._pod, kind, "preferred")
        return [(sign * item["weight"], *self._domains(item["podAffinityTerm"])) for item in terms]

    def _repelled_domains(self) -> set[tuple[str, str]]:
        """Topology key and domain where Pods that are there want nobody like this one."""
        found: set[tuple[str, str]] = set()
        for other, state in self._cluster.repelling():
            for term in required_anti_affinity(other):
                domain = topology(state, term["topologyKey"])
                if domain is not None and self._is_meant(term, other):
                    found.add((term["topologyKey"], domain))
        return found

    def _is_meant(self, term: Object, other: Object) -> bool:
        namespaces = self._namespaces(term, other)
        near = namespaces is None or self._pod["metadata"]["namespace"] in namespaces
        return near and matches(term.get("labelSelector"), labels_of(self._pod))

    def _spread_counts(self, constraint: Object) -> Counter[str]:
        """How many Pods the constraint counts in each domain; empty domains included."""
        key, test = constraint["topologyKey"], label_test(constraint.get("labelSelector"))
        counts: Counter[str] = Counter()
        for state in self._cluster.nodes:
            domain = topology(state, key)
            if domain is not None and selects(self._pod, state.present):
                counts[domain] += 0
        for pod, state in self._cluster.pods_of([self._pod["metadata"]["namespace"]]):
            domain = topology(state, key)
            if domain in counts and test(labels_of(pod)):
                counts[str(domain)] += 1
        return counts

    def _skew(self, state: NodeState, constraint: Object, counts: Counter[str]) -> int:
        """By how much the Pod on this node would exceed the constraint; positive if it does."""
        domain = topology(state, constraint["topologyKey"])
        if domain is None:
            return 1
        itself = matches(constraint.get("labelSelector"), labels_of(self._pod))
        return counts[domain] + int(itself) - min(counts.values(), default=0) - int(constraint["maxSkew"])
