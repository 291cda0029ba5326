@section:8.3
Feature: The size of managed object storage
  What a registry can store is as large as the volumes of the Multicloud Object Gateway.

  @section:3.2.2 @behaviour:storage-resize.default-50-gib @behaviour:objectstorage.disk-50-gib @needs:noobaa-api
  Scenario: There are 50 GiB by default
    When a standalone gateway is set up
    Then its default pool has one volume of 50Gi, named "noobaa-default-backing-store-noobaa-pvc-*"
    And the buckets of the default class have 50Gi

  @section:8.3.1 @behaviour:storage-resize.two-ways @behaviour:storage-resize.expand-pvc @needs:noobaa-api
  Scenario: The volume is expanded
    Given a standalone gateway
    When the volume of its default pool is expanded to 80Gi
    Then the capacity of that volume becomes 80Gi
    And the buckets of the default class have 80Gi

  @behaviour:storage-resize.two-ways @needs:noobaa-api
  Scenario: Another pool is added
    Given a standalone gateway
    And the BackingStore "second-pool" with one volume of 30Gi
    When the default class of buckets uses "second-pool" as well
    Then the buckets of the default class have 80Gi

  @section:3.2.2 @behaviour:objectstorage.operator-does-not-resize @needs:noobaa-api @needs:obc-api
  Scenario: The Quay Operator leaves the size of the volume alone
    Given a standalone gateway
    And a registry that manages only objectstorage
    And it has become available
    When the volume of its default pool is expanded to 80Gi
    And 3 minutes have passed
    Then the volume of the default pool still asks for 80Gi
