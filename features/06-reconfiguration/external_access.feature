@section:6.5
Feature: External access to a registry

  @behaviour:external-access.routes-used-automatically @behaviour:external-access.shown-in-status
  @needs:route-api @needs:router @needs:obc-api
  Scenario: A registry that says nothing of routes gets one, and its status tells where it leads
    Given a default registry
    When the operator has seen it
    Then its component route is managed
    And its Route quay leads to its Service quay-app
    And its registryEndpoint is "https://{name}-quay-{namespace}.{domain}"
    And the router has admitted its Route quay for the host name of its registryEndpoint
