@section:0
Feature: What the operator takes care of
  Whoever customises nothing gets a complete registry. Not every part of it is there twice, though.

  @behaviour:components.not-all-highly-available
  Scenario: Redis and the two databases run as single Pods
    Given a registry that manages only postgres, redis, clair and clairpostgres
    And it has become available
    Then these Pods are running:
      | Deployment     | Pods |
      | quay-database  | 1    |
      | clair-postgres | 1    |
      | quay-redis     | 1    |
