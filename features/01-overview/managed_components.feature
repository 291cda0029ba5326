@section:1.3
Feature: Managed components
  What the operator deploys for a component that it manages.

  Rule: Quay itself is always managed

    @behaviour:components.quay-cannot-be-unmanaged
    Scenario: An unmanaged Quay is set back to managed
      Given a registry that manages only redis
      And its component quay is declared unmanaged
      When the operator has seen it
      Then its component quay is managed
      And it has a Deployment quay-app

    @behaviour:components.quay-holds-overrides
    Scenario: The component quay says how many Quay Pods there are and what is in their environment
      Given a registry that manages only quay
      And its component quay asks for 3 replicas
      And its component quay has these environment variables:
        | DEBUGLOG | true |
      When it has become available
      Then the Deployment quay-app has these environment variables:
        | DEBUGLOG | true |
      And these Pods are running:
        | Deployment | Pods |
        | quay-app   | 3    |

  Rule: Autoscaling follows CPU and memory

    @behaviour:hpa.scales-quay-pods-on-cpu-and-memory
    Scenario: The autoscaler of Quay looks at CPU and memory and keeps the number of Pods in its bounds
      Given a registry that manages only quay and horizontalpodautoscaler
      And it has become available
      When its Deployment quay-app is scaled to 1 by hand
      Then the autoscaler quay-app measures cpu and memory
      And the autoscaler quay-app brings its Deployment back to 2 replicas

  Rule: Object storage is claimed from the cluster

    @behaviour:objectstorage.managed-uses-obc @needs:obc-api
    Scenario: The claimed bucket is configured in Quay
      Given a registry that manages only objectstorage
      When it has become available
      Then its ObjectBucketClaim quay-datastore asks the class "openshift-storage.noobaa.io" for a bucket "quay-datastore"
      And Quay stores its blobs in the claimed bucket

  Rule: A Route leads to Quay

    @behaviour:route.managed-external-entrypoint @needs:route-api @needs:router
    Scenario: The router admits the Route to the Quay Service
      Given a registry that manages only route
      When it has become available
      Then its Route quay leads to its Service quay-app
      And the router has admitted its Route quay for the host name of its registryEndpoint
      And ComponentRouteReady is True, with reason ComponentReady and message "Route admitted"

  Rule: Monitoring comes as a dashboard, metrics and an alert

    @behaviour:monitoring.managed-content @needs:monitoring-api @needs:cluster-wide-operator
    Scenario: Dashboard, ServiceMonitor and PrometheusRule of a registry
      Given a registry that manages only monitoring
      When it has become available
      Then the console has a dashboard for it
      And its metrics Service is scraped by its ServiceMonitor
      And the metrics Service has the Quay Pods as endpoints
      And its PrometheusRule has the alert QuayPodFrequentlyRestarting
      And ComponentMonitoringReady is True, with reason ComponentReady and message "ServiceMonitor and PrometheusRules created"
