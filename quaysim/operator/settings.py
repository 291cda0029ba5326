"""What the operator is told by its environment: the version it brings, where it looks, how it shows itself.

The names in the environment of the real one: QUAY_VERSION, QUAY_DEFAULT_BRANDING,
RELATED_IMAGE_COMPONENT_QUAY/CLAIR/REDIS/POSTGRES, MY_POD_NAMESPACE, DEV_OPERATOR_ENDPOINT,
SKIP_RESOURCE_REQUESTS, HTTP_PROXY, HTTPS_PROXY, NO_PROXY, and the flag `-namespace`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_VERSION = "3.7.10"


@dataclass(frozen=True, slots=True)
class Settings:
    """The operator's environment.

    `watch_namespace`: empty for all namespaces; a name switches monitoring off. `images`: other images
    by "quay", "clair", "redis" or "postgres", each with a tag or a digest. `branding`: "redhat", or
    anything else for the upstream one.
    """

    version: str = DEFAULT_VERSION
    watch_namespace: str = ""
    branding: str = ""
    images: Mapping[str, str] = field(default_factory=dict)
    http_proxy: str = ""
    https_proxy: str = ""
    no_proxy: str = ""
    pod_namespace: str = ""
    endpoint: str = ""
    skip_resource_requests: bool = False

    @property
    def service_endpoint(self) -> str:
        """Where the config editor finds the operator."""
        if self.endpoint:
            return self.endpoint
        if self.pod_namespace:
            return f"http://quay-operator.{self.pod_namespace}.svc.cluster.local:7071"
        return "http://quay-operator:7071"
