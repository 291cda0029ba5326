@section:12
Feature: Versions of operator and registry

  Rule: An operator deploys one version of Quay

    @behaviour:upgrade.synchronized-versioning
    Scenario: Two registries have the same version and the same images
      Given a registry "first" that manages only redis
      And it has become available
      And a registry "second" that manages only redis
      And it has become available
      Then both registries have the same version and the same images:
        | first  |
        | second |

    @behaviour:upgrade.no-version-field
    Scenario: A registry cannot ask for a version
      Given a registry that manages only quay
      When its spec asks for the version 3.6.4
      Then its spec has no field version
      And the schema of QuayRegistry has no such field

  Rule: The operator compares its version with that of the registry

    @section:12.3 @behaviour:upgrade.operator-scans-namespaces @needs:operator-in-one-namespace
    Scenario: Registries outside the watched namespace are not looked at
      Given a registry in a namespace that the operator does not watch
      When it has been there for 3 minutes
      Then its status is empty
      And nothing has been deployed

    @section:12.3 @behaviour:upgrade.version-unset-reconciles
    Scenario: A registry without a version is deployed
      Given a registry that manages only quay
      When it has become available
      Then its currentVersion is a version 3.7
      And its currentVersion was empty when it had just been created

    @section:12.3 @behaviour:upgrade.version-equal-reconciles
    Scenario: A registry of the operator's version sees no upgrade
      Given a registry that manages only quay
      And it has become available
      And its Job quay-app-upgrade is noted
      When 3 minutes have passed
      Then its Job quay-app-upgrade is the one noted
      And Available was True all the time

    @section:12.3 @behaviour:upgrade.version-differs-upgrades
    Scenario: A registry of an earlier version is upgraded
      Given a registry that manages only quay
      And it has become available
      When its currentVersion is set to 3.6.4
      Then its currentVersion becomes what it was
      And meanwhile ComponentsCreated was False, with reason MigrationsInProgress and message "running database migrations"
      And its Job quay-app-upgrade is another one than before
      And it becomes available

    @section:12.3 @behaviour:upgrade.version-differs-not-upgradable @documentation-differs
    Scenario: A registry of a version that cannot be upgraded is upgraded all the same
      Given a registry that manages only quay
      And it has become available
      When its currentVersion is set to 4.2.0
      Then its currentVersion becomes what it was
      And meanwhile ComponentsCreated was False, with reason MigrationsInProgress and message "running database migrations"
