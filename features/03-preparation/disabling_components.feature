@section:3.5
Feature: Disabling components

  Rule: Without the Route component, there is no Route

    @section:3.5.3 @behaviour:route.unmanaged-manifest @behaviour:route.unmanaged-config-fields
    @needs:route-api
    Scenario: No Route is made when the bundle says how Quay is reached
      Given a registry that manages only quay
      And its bundle says:
        """
        EXTERNAL_TLS_TERMINATION: false
        SERVER_HOSTNAME: {host}
        PREFERRED_URL_SCHEME: https
        """
      When it has become available
      Then it has no objects of kind Route
      And ComponentRouteReady is True, with reason ComponentNotManaged and message "Route is not managed by the operator"
      And its registryEndpoint is "https://{host}"

  Rule: Monitoring can be switched off, and is off for an operator in a single namespace

    @section:3.5.4 @behaviour:monitoring.unmanaged-manifest @needs:monitoring-api @needs:cluster-wide-operator
    Scenario: Unmanaged, there is no dashboard, no ServiceMonitor and no alert
      Given a registry that manages only quay
      When it has become available
      Then the console has no dashboard for it
      And it has no objects of kind ServiceMonitor
      And it has no objects of kind PrometheusRule
      And ComponentMonitoringReady is True, with reason ComponentNotManaged and message "Monitoring not managed by the operator"

    @section:3.5.4 @behaviour:monitoring.auto-unmanaged-single-namespace
    @needs:monitoring-api @needs:operator-in-one-namespace
    Scenario: An operator in a single namespace switches monitoring off by itself
      Given a default registry
      When the operator has seen it
      Then its component monitoring is unmanaged
      And it has no objects of kind ServiceMonitor

    @section:7.1 @behaviour:monitoring.requires-all-namespaces
    @needs:monitoring-api @needs:operator-in-one-namespace
    Scenario: An operator in a single namespace refuses to manage monitoring
      Given a registry that manages only monitoring
      When the operator has seen it
      Then the rollout is blocked with reason MonitoringComponentDependencyError
      And the message is: could not check for monitoring support: Monitoring is only supported in AllNamespaces mode. Disabling.
      And nothing has been deployed

  Rule: Mirroring is the component mirror

    @section:3.5.5 @behaviour:mirror.unmanaged-manifest
    Scenario: Unmanaged, there are no mirror workers
      Given a registry that manages only quay
      When it has become available
      Then it has no Deployment quay-mirror
      And ComponentMirrorReady is True, with reason ComponentNotManaged and message "Mirror not managed by the operator"

    @section:3.5.5 @behaviour:mirror.kind-mirroring-unknown @documentation-differs
    Scenario: The kind "mirroring" of the printed example does not disable mirroring but blocks the rollout
      Given a registry with these components unmanaged:
        | mirroring |
      When the operator has seen it
      Then its component mirror is managed
      And the rollout is blocked with reason ConfigInvalid
      And the message is: unable to verify component config: unknown component: mirroring
