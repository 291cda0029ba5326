"""Where QuayRegistries live in the API."""

from __future__ import annotations

from fake_cluster.objects import ResourceRef

QUAY_REGISTRIES = ResourceRef("quay.redhat.com", "v1", "quayregistries", "QuayRegistry")
