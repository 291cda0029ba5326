"""The components of a registry, one file each: their rules, their objects, their part of the configuration."""

from __future__ import annotations

from quaysim.operator.components.clair import CLAIR
from quaysim.operator.components.clairpostgres import CLAIR_POSTGRES
from quaysim.operator.components.common import Component
from quaysim.operator.components.horizontalpodautoscaler import HPA
from quaysim.operator.components.mirror import MIRROR
from quaysim.operator.components.monitoring import MONITORING
from quaysim.operator.components.objectstorage import OBJECT_STORAGE
from quaysim.operator.components.postgres import POSTGRES
from quaysim.operator.components.quay import QUAY
from quaysim.operator.components.redis import REDIS
from quaysim.operator.components.route import ROUTE
from quaysim.operator.components.tls import TLS

__all__ = ["COMPONENTS", "REPORTED", "Component"]

# In the order in which missing entries are appended to spec.components.
COMPONENTS: tuple[Component, ...] = (
    QUAY, POSTGRES, CLAIR, REDIS, HPA, OBJECT_STORAGE, ROUTE, MIRROR, MONITORING, TLS, CLAIR_POSTGRES,
)  # fmt: skip

# In the order in which the status controller looks at them: later ones depend on earlier ones.
REPORTED: tuple[Component, ...] = (
    HPA, ROUTE, MONITORING, POSTGRES, OBJECT_STORAGE, CLAIR, CLAIR_POSTGRES, TLS, REDIS, QUAY, MIRROR,
)  # fmt: skip
