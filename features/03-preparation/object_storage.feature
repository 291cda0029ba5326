@section:3.2
Feature: Object storage from the cluster

  @section:3.2.1.6
  @behaviour:objectstorage.noobaa-claim-data @behaviour:objectstorage.managed-needs-noobaa-operator
  @needs:obc-api
  Scenario: A bound claim says how its bucket is reached
    Given an ObjectBucketClaim "my-claim" of the class "openshift-storage.noobaa.io"
    When it is bound
    Then its ConfigMap tells the bucket's name and host
    And its Secret holds the bucket's access key and secret key
