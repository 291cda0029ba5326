@section:3.3.3
Feature: The database that the operator manages

  @behaviour:database.disk-50-gib @behaviour:database.managed-is-postgresql-10
  Scenario: The database gets 50 GiB
    Given a registry that manages only postgres
    When the operator has seen it
    Then its PersistentVolumeClaim quay-database asks for 50Gi
    And the Deployment quay-database runs the image of PostgreSQL 10

  @behaviour:database.operator-does-not-resize @documentation-differs
  Scenario: The volume can be made larger through the component, although resizing is said to be up to the user
    Given a registry that manages only postgres
    And its component postgres asks for a volume of 60Gi
    When the operator has seen it
    Then its PersistentVolumeClaim quay-database asks for 60Gi

  @behaviour:database.operator-does-not-resize
  Scenario: The volume cannot be made smaller
    Given a registry that manages only postgres
    And its component postgres asks for a volume of 10Gi
    When the operator has seen it
    Then the rollout is blocked with reason ComponentCreationFailed
    And the message is: could not inflate kubernetes objects: cannot shrink volume override size from 50Gi to 10Gi
