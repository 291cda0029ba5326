@section:1.1
Feature: The QuayRegistry resource
  A QuayRegistry declares a registry. The operator makes the cluster look like it, when it is created,
  when it is edited, and when it is deleted.

  @behaviour:crd.create-deploys-everything
  Scenario: Creating a registry deploys everything that it needs
    Given a registry that manages only postgres, redis and mirror
    When it has become available
    Then it has exactly these objects of kind Deployment:
      | quay-app           |
      | quay-config-editor |
      | quay-database      |
      | quay-mirror        |
      | quay-redis         |
    And it has exactly these objects of kind Service:
      | quay-app           |
      | quay-config-editor |
      | quay-database      |
      | quay-redis         |
    And it has exactly these objects of kind PersistentVolumeClaim:
      | quay-database |
    And everything that it owns has its name in front and carries its label

  @behaviour:crd.edit-reconciles
  Scenario: Editing a registry changes what is deployed
    Given a registry that manages only quay
    And it has become available
    When the component quay is given these environment variables:
      | DEBUGLOG | true |
    Then the Deployment quay-app has these environment variables:
      | DEBUGLOG | true |
    And it becomes available

  @behaviour:crd.edit-deletes-obsolete-objects @documentation-differs
  Scenario: Objects of a component that becomes unmanaged stay, although they are promised to go
    Given a registry that manages only quay and horizontalpodautoscaler
    And it has become available
    When horizontalpodautoscaler is set to unmanaged
    And the operator has seen the change
    Then ComponentHPAReady is True, with reason ComponentNotManaged and message "Horizontal pod autoscaler not managed by the operator"
    And it has exactly these objects of kind HorizontalPodAutoscaler:
      | clair-app   |
      | quay-app    |
      | quay-mirror |

  @behaviour:crd.delete-garbage-collects
  Scenario: Deleting a registry removes everything that was made for it
    Given a registry that manages only postgres, redis, horizontalpodautoscaler and mirror
    And it has become available
    When it is deleted
    Then nothing that it owned is left

  @behaviour:crd.delete-garbage-collects @needs:monitoring-api @needs:cluster-wide-operator
  Scenario: Deleting a registry takes it out of the console as well
    Given a registry that manages only monitoring
    And it has become available
    When it is deleted
    Then the console has no dashboard for it
    And its namespace is no longer watched by the cluster's monitoring

  @section:6.2.1 @behaviour:crd.finalizer
  Scenario: A deployed registry carries the operator's finalizer
    Given a registry that manages only quay
    When it has become available
    Then it carries the finalizer "quay-operator/finalizer"
