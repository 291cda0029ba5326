@section:3.2.2.1
Feature: A standalone Multicloud Object Gateway
  Managed object storage needs somebody who provides buckets. A single gateway that keeps its data on plain
  volumes does, without the rest of OpenShift Data Foundation.

  Rule: The gateway is one NooBaa

    @section:3.2.2.1.1 @behaviour:objectstorage.noobaa-cr-example @behaviour:objectstorage.noobaa-becomes-ready
    @behaviour:objectstorage.mcg-single-instance @needs:noobaa-api
    Scenario: The printed NooBaa becomes ready as a single instance
      When this NooBaa is created in the namespace "openshift-storage":
        """
        apiVersion: noobaa.io/v1alpha1
        kind: NooBaa
        metadata:
          name: noobaa
          namespace: openshift-storage
        spec:
          dbResources:
            requests:
              cpu: '0.1'
              memory: 1Gi
          dbType: postgres
          coreResources:
            requests:
              cpu: '0.1'
              memory: 1Gi
        """
      Then the gateway becomes Ready
      And it tells where its management and its S3 service are reached
      And exactly one Pod of it serves S3
      And its core and its database each request 100m of CPU and 1Gi of memory

  Rule: Its data are kept in pools of volumes

    @section:3.2.2.1.1 @behaviour:objectstorage.backingstore-example @needs:noobaa-api
    Scenario: The BackingStore is refused as it is printed, with two lines in the wrong place
      When this BackingStore is submitted in the namespace "openshift-storage":
        """
        apiVersion: noobaa.io/v1alpha1
        kind: BackingStore
        metadata:
          finalizers:
            - noobaa.io/finalizer
          labels:
            app: noobaa
          name: noobaa-pv-backing-store
          namespace: openshift-storage
        spec:
          pvPool:
            numVolumes: 1
            resources:
              requests:
                storage: 50Gi
                storageClass: STORAGE-CLASS-NAME
            type: pv-pool
        """
      Then the API server refuses it as Invalid because of these fields:
        | spec.pvPool.resources.requests.storageClass |
        | spec.type                                   |

    @section:3.2.2.1.1 @behaviour:objectstorage.backingstore-example
    @behaviour:objectstorage.backingstore-capacity-adjustable @behaviour:objectstorage.mcg-pv-mounted-directly
    @needs:noobaa-api
    Scenario Outline: With these lines in their places it is a pool of one volume of <size>
      Given a standalone gateway
      When the BackingStore "noobaa-pv-backing-store" is created with one volume of <size>
      Then the BackingStore becomes Ready
      And it has one PersistentVolumeClaim, which asks for <size>
      And one Pod of it mounts that volume

      Examples:
        | size  |
        | 50Gi  |
        | 100Gi |

    @section:3.2.2.1.1 @behaviour:objectstorage.backingstore-default-storageclass @needs:noobaa-api
    Scenario: Without a StorageClass the cluster's default is used
      Given a standalone gateway
      When the BackingStore "noobaa-pv-backing-store" is created with one volume of 50Gi
      Then its volume is of the cluster's default StorageClass

    @section:3.2.2.1.1 @behaviour:objectstorage.backingstore-default-storageclass
    @behaviour:objectstorage.mcg-pv-mounted-directly @needs:noobaa-api
    Scenario: A StorageClass for block storage can be asked for
      Given a standalone gateway
      And a StorageClass "fast-block" like the cluster's default one
      When the BackingStore "noobaa-pv-backing-store" is created with one volume of 50Gi of that class
      Then the BackingStore becomes Ready
      And its volume is of the StorageClass "fast-block"

  Rule: A BucketClass decides on which pool a bucket is kept

    @section:3.2.2.1.1 @behaviour:objectstorage.bucketclass-default-backing-store
    @needs:noobaa-api @needs:obc-api
    Scenario: The bucket of a registry is kept in the pool that was made the default
      Given a standalone gateway
      And the BackingStore "noobaa-pv-backing-store" with one volume of 50Gi
      When the BucketClass "noobaa-default-bucket-class" is patched to use "noobaa-pv-backing-store" alone
      And a registry with managed object storage has become available
      Then its bucket is kept in the BackingStore "noobaa-pv-backing-store"
