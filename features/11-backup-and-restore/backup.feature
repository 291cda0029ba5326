@section:11.1
Feature: Backing up a registry
  The operator has no backup command: its resources are exported, the registry is scaled down, its data
  are saved, and it is scaled up again.

  Rule: The procedure is for registries whose data the operator manages

    @behaviour:backup.prereq-managed-components @behaviour:backup.prereq-clairpostgres-managed
    @needs:obc-api
    Scenario Outline: A registry that leaves <kind> to the user cannot be backed up this way
      Given a default registry
      And its component <kind> is declared unmanaged
      When the operator has seen it
      Then of the components that a backup needs these are not managed:
        | <kind> |

      Examples:
        | kind          |
        | postgres      |
        | objectstorage |
        | clairpostgres |

    @behaviour:backup.prereq-managed-components @behaviour:backup.prereq-clairpostgres-managed
    @needs:obc-api
    Scenario: A default registry can be backed up
      Given a default registry
      When the operator has seen it
      Then the components that a backup needs are all managed

  Rule: Resources are exported

    @section:11.1.1 @behaviour:backup.export-quayregistry @behaviour:backup.strip-quayregistry-metadata
    Scenario: An exported registry can be created again once what the server adds is taken out
      Given a registry that manages only quay
      And it has become available
      And it is exported
      When status, creationTimestamp, finalizers, generation, resourceVersion and uid are removed from the export
      Then the export has all eleven components and names its bundle
      And the export can be created in an empty namespace

    @section:11.1.1 @behaviour:backup.managed-keys-secret @behaviour:backup.managed-keys-content
    @behaviour:backup.managed-keys-strip-owner
    Scenario: The generated keys are in one Secret
      Given a registry that manages only postgres, clair and clairpostgres
      When the operator has seen it
      Then the Secret "{name}-quay-registry-managed-secret-keys" has exactly these keys, none of them empty:
        | CONFIG_EDITOR_PW        |
        | DATABASE_SECRET_KEY     |
        | DB_ROOT_PW              |
        | DB_URI                  |
        | SECRET_KEY              |
        | SECURITY_SCANNER_V4_PSK |
      And its data stay the same when its ownerReferences are removed from an export

    @section:11.1.1 @behaviour:backup.config-bundle
    Scenario: The bundle is exported
      Given a registry that manages only quay
      When the operator has seen it
      Then an export of its bundle has config.yaml in its data

    @section:11.1.3 @behaviour:backup.find-database-name @behaviour:backup.find-database-pod
    Scenario: The database is found by its label, and its name is the last part of DB_URI
      Given a registry "quayregistry" that manages only postgres
      When it has become available
      Then the only Pod labelled quay-component=postgres is one of its Deployment quay-database
      And the database that Quay is configured to use is called quayregistry-quay-database

  Rule: The registry is scaled down and up again

    @section:11.1.2 @section:11.2.2 @behaviour:backup.scale-down-37-overrides @behaviour:backup.wait-for-pods-gone
    Scenario: Without autoscaling, zero replicas stop Quay, Clair and the mirror and nothing else
      Given a registry that manages only postgres, redis, clair, clairpostgres, mirror and horizontalpodautoscaler
      And it has become available
      When it is scaled down for a backup
      Then these Pods are running:
        | Deployment         | Pods |
        | quay-app           | 0    |
        | clair-app          | 0    |
        | quay-mirror        | 0    |
        | quay-config-editor | 1    |
        | quay-database      | 1    |
        | clair-postgres     | 1    |
        | quay-redis         | 1    |
      And ComponentClairReady is True, with reason ComponentReady and message "Clair manually scaled down"
      And ComponentMirrorReady is True, with reason ComponentReady and message "Mirror manually scaled down"

    @section:11.1.2 @behaviour:backup.scale-down-37-overrides
    Scenario: With autoscaling still managed, zero replicas are accepted but nothing stops
      Given a registry that manages only mirror and horizontalpodautoscaler
      And its component mirror asks for 0 replicas
      When it has been there for 3 minutes
      Then the rollout is not blocked
      And these Pods are running:
        | Deployment  | Pods |
        | quay-mirror | 2    |
      And ComponentMirrorReady is False, with reason ComponentNotReady and message "Mirror component is being scaled down"

    @section:11.1.4 @section:11.2.5 @behaviour:backup.scale-up-37 @behaviour:backup.available-after-scale-up
    Scenario: Autoscaling and no overrides bring everything back
      Given a registry that manages only clair, clairpostgres, mirror and horizontalpodautoscaler
      And it has become available
      And it is scaled down for a backup
      When it is scaled up after a backup
      Then these Pods are running:
        | Deployment  | Pods |
        | quay-app    | 2    |
        | clair-app   | 2    |
        | quay-mirror | 2    |
      And it becomes available

  Rule: With operator 3.6 the operator has to stop first

    Background:
      Given a default registry
      And it has become available

    @section:11.1.2 @behaviour:backup.scale-down-36-operator-first @needs:operator-3.6 @needs:operator-deployment
    Scenario: What is scaled down by hand stays down while the operator does not run
      When the operator's Deployment is scaled to 0
      And its Deployments quay-app, quay-mirror and clair-app are scaled to 0 by hand
      And 3 minutes have passed
      Then the operator has no Pod
      And these Pods are running:
        | Deployment         | Pods |
        | quay-app           | 0    |
        | quay-mirror        | 0    |
        | clair-app          | 0    |
        | quay-config-editor | 1    |

    @section:11.1.4 @behaviour:backup.scale-up-36 @needs:operator-3.6 @needs:operator-deployment
    Scenario: The operator brings everything back when it is scaled up again
      Given the operator's Deployment is scaled to 0
      And its Deployments quay-app, quay-mirror and clair-app are scaled to 0 by hand
      When the operator's Deployment is scaled to 1
      Then these Pods are running:
        | Deployment  | Pods |
        | quay-app    | 2    |
        | quay-mirror | 2    |
        | clair-app   | 2    |
      And it becomes available
