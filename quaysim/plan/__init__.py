"""What would become of a QuayRegistry: simulated before a cluster is touched."""

from quaysim.plan.bundle import Bundle, read_bundle
from quaysim.plan.manifests import Manifest, read_manifests
from quaysim.plan.nodes import NodeSize, read_node_size
from quaysim.plan.paper import print_lines
from quaysim.plan.problems import UnreadableInput
from quaysim.plan.render import as_json, as_text, as_yaml, dump_json, dump_yaml
from quaysim.plan.setup import Setup
from quaysim.plan.simulation import simulate
from quaysim.plan.verdict import Verdict, judge

__all__ = [
    "Bundle",
    "Manifest",
    "NodeSize",
    "Setup",
    "UnreadableInput",
    "Verdict",
    "as_json",
    "as_text",
    "as_yaml",
    "dump_json",
    "dump_yaml",
    "judge",
    "print_lines",
    "read_bundle",
    "read_manifests",
    "read_node_size",
    "simulate",
]
