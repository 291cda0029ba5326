@section:2
Feature: The installed operator
  What a cluster offers once the operator is installed from OperatorHub.

  @behaviour:install.provides-quayregistry-api
  Scenario: The API "Quay Registry" is served
    When the resources of "quay.redhat.com/v1" are listed
    Then there is a namespaced resource quayregistries of kind QuayRegistry
    And it has a status of its own

  @behaviour:install.feature-list
  @needs:route-api @needs:obc-api @needs:monitoring-api @needs:cluster-wide-operator
  Scenario: A default registry has all the features that the installation page promises
    Given a default registry
    When it has become available
    Then these Pods are running:
      | Deployment     | Pods |
      | quay-redis     | 1    |
      | quay-database  | 1    |
      | clair-postgres | 1    |
      | clair-app      | 2    |
      | quay-mirror    | 2    |
    And Quay stores its blobs in the claimed bucket
    And Quay is configured with:
      """
      FEATURE_SECURITY_SCANNER: true
      SECURITY_SCANNER_V4_ENDPOINT: http://{name}-clair-app.{namespace}.svc.cluster.local
      FEATURE_REPO_MIRROR: true
      """

  @behaviour:objectstorage.operator-expects-obc-provider @behaviour:objectstorage.managed-requires-obc-api
  @section:3.2.2 @needs:plain-kubernetes
  Scenario: Managed object storage without the ObjectBucketClaim API blocks the rollout
    Given a registry that manages only objectstorage
    When the operator has seen it
    Then the rollout is blocked with reason ObjectStorageComponentDependencyError
    And nothing has been deployed
