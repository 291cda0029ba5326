"""What a cluster lacks and a run brings: OpenShift's APIs and those who serve them, nodes, controllers.

Stand-ins are clients of the cluster like everybody else. They run in the process of the tests, look after the
namespaces of their run only, and are removed with it.
"""

from quaysim.standins.brought import BadStandIns, Brought, chosen
from quaysim.standins.catalogue import STAND_INS

__all__ = ["STAND_INS", "BadStandIns", "Brought", "chosen"]
