"""The NooBaa operator: the Multicloud Object Gateway of OpenShift Data Foundation, as its API shows it.

| resource | the operator |
| --- | --- |
| NooBaa `noobaa` | deploys a gateway, and gives it a pool of 50Gi and a class of buckets kept there |
| BackingStore of type pv-pool | makes volumes, each with a Pod that mounts it |
| BucketClass | is Ready when all of its backing stores are |

Source: documentation of the NooBaa operator; OpenShift Data Foundation, "Deploy standalone Multicloud Object
Gateway".
"""

from fake_cluster.platform.noobaa.operator import noobaa_operator

__all__ = ["noobaa_operator"]
