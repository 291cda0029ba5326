@section:3.5.2
Feature: Autoscaling by default

  @behaviour:hpa.managed-by-default
  Scenario: Autoscaling is managed if nothing is said
    Given a default registry
    When the operator has seen it
    Then its component horizontalpodautoscaler is managed
    And it has a HorizontalPodAutoscaler quay-app
