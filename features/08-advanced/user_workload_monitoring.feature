@section:8.2
Feature: Monitoring for an operator in a single namespace
  Quay is monitored like any other workload of a user, which an administrator enables for the cluster.

  Rule: Two ConfigMaps say that user workloads are monitored

    @section:8.2.1 @section:8.2.2
    @behaviour:user-workload-monitoring.cluster-config-missing
    @behaviour:user-workload-monitoring.user-config-missing @needs:cluster-monitoring
    Scenario Outline: Asking for the ConfigMap <name> before there is one
      When the ConfigMap "<name>" in "<namespace>" is asked for
      Then the API server answers NotFound: configmaps "<name>" not found

      Examples:
        | name                            | namespace                          |
        | cluster-monitoring-config       | openshift-monitoring               |
        | user-workload-monitoring-config | openshift-user-workload-monitoring |

    @section:8.2.1 @section:8.2.2
    @behaviour:user-workload-monitoring.create-cluster-config
    @behaviour:user-workload-monitoring.create-user-config @needs:cluster-monitoring
    Scenario Outline: The ConfigMap <name> is created with an empty config.yaml
      When the ConfigMap "<name>" with an empty config.yaml is applied in "<namespace>"
      Then the ConfigMap "<name>" in "<namespace>" has the key config.yaml and no other

      Examples:
        | name                            | namespace                          |
        | cluster-monitoring-config       | openshift-monitoring               |
        | user-workload-monitoring-config | openshift-user-workload-monitoring |

    @section:8.2.3 @behaviour:user-workload-monitoring.off-before @needs:cluster-monitoring
    Scenario: Before user workload monitoring is enabled nothing runs for it
      When the ConfigMap "cluster-monitoring-config" with an empty config.yaml is applied in "openshift-monitoring"
      And 2 minutes have passed
      Then there are no Pods in the namespace "openshift-user-workload-monitoring"

    @section:8.2.3 @behaviour:user-workload-monitoring.enable-user-workload
    @behaviour:user-workload-monitoring.pods-running @needs:cluster-monitoring
    Scenario: enableUserWorkload starts a Prometheus for user workloads
      Given the ConfigMap "cluster-monitoring-config" with an empty config.yaml is applied in "openshift-monitoring"
      When its config.yaml is changed to "enableUserWorkload: true"
      Then these Pods become ready in the namespace "openshift-user-workload-monitoring":
        | pattern                            | Pods | containers |
        | prometheus-operator-[a-z0-9-]+     | 1    | 2          |
        | prometheus-user-workload-[01]      | 2    | 5          |
        | thanos-ruler-user-workload-[01]    | 2    | 3          |

  Rule: A ServiceMonitor of your own selects the metrics Service

    @section:8.2.5 @behaviour:user-workload-monitoring.servicemonitor-example
    @needs:monitoring-api @needs:operator-in-one-namespace
    Scenario: The example ServiceMonitor finds the metrics of a registry that the operator does not monitor
      Given a registry that manages only quay
      And it has become available
      And the example metrics Service for it
      When the example ServiceMonitor is created for it
      Then its metrics Service is scraped by its ServiceMonitor
      And the metrics Service has the Quay Pods as endpoints

    @behaviour:user-workload-monitoring.needed-for-single-namespace
    @needs:monitoring-api @needs:cluster-monitoring @needs:operator-in-one-namespace
    Scenario: With user workload monitoring, such a registry is monitored and leaves its namespace to the user
      Given user workload monitoring is enabled
      And a registry that manages only quay
      And it has become available
      And the example metrics Service for it
      When the example ServiceMonitor is created for it
      Then the metrics Service has the Quay Pods as endpoints
      And its namespace is left to the user workload monitoring
