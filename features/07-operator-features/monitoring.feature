@section:7.1
Feature: Monitoring in the console
  An operator that watches all namespaces brings a registry to the console: its dashboard, its metrics
  and an alert.

  Background:
    Given a registry that manages only monitoring

  @behaviour:monitoring.requires-all-namespaces @needs:monitoring-api @needs:cluster-wide-operator
  Scenario: An operator for all namespaces manages monitoring
    When the operator has seen it
    Then the rollout is not blocked
    And its component monitoring is managed
    And its metrics Service is scraped by its ServiceMonitor
    And its namespace is watched by the cluster's monitoring

  @section:7.1.3 @behaviour:monitoring.alert-rule-name @behaviour:monitoring.alert-frequent-restart
  @needs:monitoring-api @needs:cluster-wide-operator
  Scenario: The alert is for Quay Pods that restart frequently
    When it has become available
    Then its PrometheusRule has the alert QuayPodFrequentlyRestarting
    And the alert is a warning, raised after 10 minutes with more than 5 restarts within the hour
