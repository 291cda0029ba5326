"""Nodes: the scheduler, the agent that runs Pods, and the programs inside their containers.

What users of a cluster need to make Pods behave as they like is to be found here.
"""

from __future__ import annotations

from fake_cluster.node.program import Context, ExecResult, Factory, Peer, ProbeKind, Program
from fake_cluster.node.programs import Match, Programs, Service, Task, crashes, never_ready, service, task
from fake_cluster.node.specs import NodeSpec
from fake_cluster.node.usage import Usages

__all__ = [
    "Context",
    "ExecResult",
    "Factory",
    "Match",
    "NodeSpec",
    "Peer",
    "ProbeKind",
    "Program",
    "Programs",
    "Service",
    "Task",
    "Usages",
    "crashes",
    "never_ready",
    "service",
    "task",
]
