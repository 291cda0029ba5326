"""Where the built-in resources live: one constant for each, under the name of its plural.

A resource with several versions has the constant of its storage version, and one more with the
version in its name for each of the others.

Source: the API reference of Kubernetes 1.36; autoscaling/v2beta2 was last served by 1.25.
"""

from __future__ import annotations

from fake_cluster.objects import ResourceRef

# core
BINDINGS = ResourceRef("", "v1", "bindings", "Binding")
COMPONENT_STATUSES = ResourceRef("", "v1", "componentstatuses", "ComponentStatus", namespaced=False)
CONFIG_MAPS = ResourceRef("", "v1", "configmaps", "ConfigMap")
ENDPOINTS = ResourceRef("", "v1", "endpoints", "Endpoints")
EVENTS = ResourceRef("", "v1", "events", "Event")
LIMIT_RANGES = ResourceRef("", "v1", "limitranges", "LimitRange")
NAMESPACES = ResourceRef("", "v1", "namespaces", "Namespace", namespaced=False)
NODES = ResourceRef("", "v1", "nodes", "Node", namespaced=False)
PERSISTENT_VOLUME_CLAIMS = ResourceRef("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim")
PERSISTENT_VOLUMES = ResourceRef("", "v1", "persistentvolumes", "PersistentVolume", namespaced=False)
PODS = ResourceRef("", "v1", "pods", "Pod")
POD_TEMPLATES = ResourceRef("", "v1", "podtemplates", "PodTemplate")
REPLICATION_CONTROLLERS = ResourceRef("", "v1", "replicationcontrollers", "ReplicationController")
RESOURCE_QUOTAS = ResourceRef("", "v1", "resourcequotas", "ResourceQuota")
SECRETS = ResourceRef("", "v1", "secrets", "Secret")
SERVICE_ACCOUNTS = ResourceRef("", "v1", "serviceaccounts", "ServiceAccount")
SERVICES = ResourceRef("", "v1", "services", "Service")

# apiregistration.k8s.io
API_SERVICES = ResourceRef("apiregistration.k8s.io", "v1", "apiservices", "APIService", namespaced=False)

# apps
CONTROLLER_REVISIONS = ResourceRef("apps", "v1", "controllerrevisions", "ControllerRevision")
DAEMON_SETS = ResourceRef("apps", "v1", "daemonsets", "DaemonSet")
DEPLOYMENTS = ResourceRef("apps", "v1", "deployments", "Deployment")
REPLICA_SETS = ResourceRef("apps", "v1", "replicasets", "ReplicaSet")
STATEFUL_SETS = ResourceRef("apps", "v1", "statefulsets", "StatefulSet")

# events.k8s.io, stored as core events
EVENTS_V1 = ResourceRef("events.k8s.io", "v1", "events", "Event")

# authentication.k8s.io
SELF_SUBJECT_REVIEWS = ResourceRef(
    "authentication.k8s.io", "v1", "selfsubjectreviews", "SelfSubjectReview", namespaced=False
)
TOKEN_REVIEWS = ResourceRef("authentication.k8s.io", "v1", "tokenreviews", "TokenReview", namespaced=False)

# authorization.k8s.io
LOCAL_SUBJECT_ACCESS_REVIEWS = ResourceRef(
    "authorization.k8s.io", "v1", "localsubjectaccessreviews", "LocalSubjectAccessReview"
)
SELF_SUBJECT_ACCESS_REVIEWS = ResourceRef(
    "authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", namespaced=False
)
SELF_SUBJECT_RULES_REVIEWS = ResourceRef(
    "authorization.k8s.io", "v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview", namespaced=False
)
SUBJECT_ACCESS_REVIEWS = ResourceRef(
    "authorization.k8s.io", "v1", "subjectaccessreviews", "SubjectAccessReview", namespaced=False
)

# autoscaling
HORIZONTAL_POD_AUTOSCALERS = ResourceRef(
    "autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"
)
HORIZONTAL_POD_AUTOSCALERS_V1 = HORIZONTAL_POD_AUTOSCALERS._replace(version="v1")
HORIZONTAL_POD_AUTOSCALERS_V2BETA2 = HORIZONTAL_POD_AUTOSCALERS._replace(version="v2beta2")

# batch
CRON_JOBS = ResourceRef("batch", "v1", "cronjobs", "CronJob")
JOBS = ResourceRef("batch", "v1", "jobs", "Job")

# certificates.k8s.io
CERTIFICATE_SIGNING_REQUESTS = ResourceRef(
    "certificates.k8s.io", "v1", "certificatesigningrequests", "CertificateSigningRequest", namespaced=False
)

# networking.k8s.io
INGRESS_CLASSES = ResourceRef("networking.k8s.io", "v1", "ingressclasses", "IngressClass", namespaced=False)
INGRESSES = ResourceRef("networking.k8s.io", "v1", "ingresses", "Ingress")
IP_ADDRESSES = ResourceRef("networking.k8s.io", "v1", "ipaddresses", "IPAddress", namespaced=False)
NETWORK_POLICIES = ResourceRef("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy")
SERVICE_CIDRS = ResourceRef("networking.k8s.io", "v1", "servicecidrs", "ServiceCIDR", namespaced=False)

# policy
POD_DISRUPTION_BUDGETS = ResourceRef("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget")

# rbac.authorization.k8s.io
CLUSTER_ROLE_BINDINGS = ResourceRef(
    "rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding", namespaced=False
)
CLUSTER_ROLES = ResourceRef(
    "rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", namespaced=False
)
ROLE_BINDINGS = ResourceRef("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding")
ROLES = ResourceRef("rbac.authorization.k8s.io", "v1", "roles", "Role")

# storage.k8s.io
CSI_DRIVERS = ResourceRef("storage.k8s.io", "v1", "csidrivers", "CSIDriver", namespaced=False)
CSI_NODES = ResourceRef("storage.k8s.io", "v1", "csinodes", "CSINode", namespaced=False)
CSI_STORAGE_CAPACITIES = ResourceRef("storage.k8s.io", "v1", "csistoragecapacities", "CSIStorageCapacity")
STORAGE_CLASSES = ResourceRef("storage.k8s.io", "v1", "storageclasses", "StorageClass", namespaced=False)
VOLUME_ATTACHMENTS = ResourceRef(
    "storage.k8s.io", "v1", "volumeattachments", "VolumeAttachment", namespaced=False
)
VOLUME_ATTRIBUTES_CLASSES = ResourceRef(
    "storage.k8s.io", "v1", "volumeattributesclasses", "VolumeAttributesClass", namespaced=False
)

# admissionregistration.k8s.io
MUTATING_WEBHOOK_CONFIGURATIONS = ResourceRef(
    "admissionregistration.k8s.io",
    "v1",
    "mutatingwebhookconfigurations",
    "MutatingWebhookConfiguration",
    namespaced=False,
)
VALIDATING_ADMISSION_POLICIES = ResourceRef(
    "admissionregistration.k8s.io",
    "v1",
    "validatingadmissionpolicies",
    "ValidatingAdmissionPolicy",
    namespaced=False,
)
VALIDATING_ADMISSION_POLICY_BINDINGS = ResourceRef(
    "admissionregistration.k8s.io",
    "v1",
    "validatingadmissionpolicybindings",
    "ValidatingAdmissionPolicyBinding",
    namespaced=False,
)
VALIDATING_WEBHOOK_CONFIGURATIONS = ResourceRef(
    "admissionregistration.k8s.io",
    "v1",
    "validatingwebhookconfigurations",
    "ValidatingWebhookConfiguration",
    namespaced=False,
)

# apiextensions.k8s.io
CUSTOM_RESOURCE_DEFINITIONS = ResourceRef(
    "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", namespaced=False
)

# scheduling.k8s.io
PRIORITY_CLASSES = ResourceRef(
    "scheduling.k8s.io", "v1", "priorityclasses", "PriorityClass", namespaced=False
)

# coordination.k8s.io
LEASES = ResourceRef("coordination.k8s.io", "v1", "leases", "Lease")

# node.k8s.io
RUNTIME_CLASSES = ResourceRef("node.k8s.io", "v1", "runtimeclasses", "RuntimeClass", namespaced=False)

# discovery.k8s.io
ENDPOINT_SLICES = ResourceRef("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice")

# flowcontrol.apiserver.k8s.io
FLOW_SCHEMAS = ResourceRef(
    "flowcontrol.apiserver.k8s.io", "v1", "flowschemas", "FlowSchema", namespaced=False
)
PRIORITY_LEVEL_CONFIGURATIONS = ResourceRef(
    "flowcontrol.apiserver.k8s.io",
    "v1",
    "prioritylevelconfigurations",
    "PriorityLevelConfiguration",
    namespaced=False,
)

# metrics.k8s.io: never stored, served where something measures
NODE_METRICS = ResourceRef("metrics.k8s.io", "v1beta1", "nodes", "NodeMetrics", namespaced=False)
POD_METRICS = ResourceRef("metrics.k8s.io", "v1beta1", "pods", "PodMetrics")

# bodies of subresources: kinds without a collection of their own
DELETE_OPTIONS = ResourceRef("", "v1", "", "DeleteOptions")
EVICTION = ResourceRef("policy", "v1", "", "Eviction")
SCALE = ResourceRef("autoscaling", "v1", "", "Scale")
TOKEN_REQUEST = ResourceRef("authentication.k8s.io", "v1", "", "TokenRequest")
