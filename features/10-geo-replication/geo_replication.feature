@section:10.3.1.1
Feature: Geo-replication
  Several sites share database, Redis, storage and configuration.

  @behaviour:georep.create-bundle @behaviour:georep.config-must-match
  Scenario: Two sites with the same bundle get the same configuration
    Given a registry that manages only mirror
    And its bundle is the Secret "georep-config-bundle" with several storage locations
    And it has become available
    When a second site is set up with the same bundle
    And it has become available
    Then both sites have the same data in the Secret "georep-config-bundle"
    And Quay is configured the same on both sites
