"""Where the resources live that OpenShift adds to the API."""

from __future__ import annotations

from fake_cluster.objects import ResourceRef

BACKING_STORES = ResourceRef("noobaa.io", "v1alpha1", "backingstores", "BackingStore")
BUCKET_CLASSES = ResourceRef("noobaa.io", "v1alpha1", "bucketclasses", "BucketClass")
NOOBAAS = ResourceRef("noobaa.io", "v1alpha1", "noobaas", "NooBaa")
OBJECT_BUCKET_CLAIMS = ResourceRef("objectbucket.io", "v1alpha1", "objectbucketclaims", "ObjectBucketClaim")
OBJECT_BUCKETS = ResourceRef("objectbucket.io", "v1alpha1", "objectbuckets", "ObjectBucket", namespaced=False)
PROMETHEUS_RULES = ResourceRef("monitoring.coreos.com", "v1", "prometheusrules", "PrometheusRule")
ROUTES = ResourceRef("route.openshift.io", "v1", "routes", "Route")
SERVICE_MONITORS = ResourceRef("monitoring.coreos.com", "v1", "servicemonitors", "ServiceMonitor")
