@section:4.1.4
Feature: Following and debugging a deployment
  The status of the registry tells how far its deployment is, and what holds it up.

  Rule: The spec is completed at once

    @behaviour:status.initial-spec-filled @behaviour:status.bundle-name-generated @documentation-differs
    @needs:route-api @needs:obc-api @needs:monitoring-api @needs:cluster-wide-operator
    Scenario: All eleven components, not only the nine printed, are filled in before anything is deployed
      Given a default registry
      When the operator has seen it
      Then its bundle is a new Secret named after it
      And all eleven components are managed
      And its spec was complete before there was any Deployment

  Rule: The conditions tell what works and what does not

    @behaviour:status.components-creation-success @documentation-differs
    Scenario: All objects are created, which is said with a capital letter
      Given a registry that manages only quay
      When the operator has seen it
      Then RolloutBlocked is False, with reason ComponentsCreationSuccess and message "All objects created/updated successfully"
      And a Normal Event of it has reason ComponentsCreationSuccess and says "All objects created/updated successfully"

    @behaviour:status.migrations-in-progress @documentation-differs
    Scenario: Migrations in progress are told by the condition ComponentsCreated, not by Available
      Given a registry that manages only quay
      When it has become available
      Then at some time ComponentsCreated was False, with reason MigrationsInProgress and message "running database migrations"
      And at no time Available had the reason MigrationsInProgress

    @behaviour:status.available-true @documentation-differs
    Scenario: At the end everything is reported as healthy, in other words than those printed
      Given a registry that manages only quay
      When it has become available
      Then Available is True, with reason HealthChecksPassing and message "All components reporting as healthy"

    @behaviour:status.condition-fields
    Scenario: A condition has six fields
      Given a registry that manages only quay
      When it has become available
      Then each of its conditions has exactly these fields:
        | lastTransitionTime |
        | lastUpdateTime     |
        | message            |
        | reason             |
        | status             |
        | type               |

    @behaviour:status.object-shows-component-health @behaviour:status.unhealthy-components-listed
    @behaviour:status.unhealthy-entry-content @documentation-differs
    Scenario: A component that does not start has a condition of its own instead of an entry in unhealthyComponents
      Given a registry that manages only mirror
      And its component mirror wants a node that does not exist
      When it has been there for 3 minutes
      Then ComponentMirrorReady is False, with reason ComponentNotReady and message "Deployment {name}-quay-mirror has zero replicas available"
      And ComponentQuayReady is True, with reason ComponentReady and message "Quay component healthy"
      And Available is False, with reason ComponentNotReady and message "Some components are not ready"
      And its status has no field unhealthyComponents

    @behaviour:status.no-unhealthy-components-at-end @documentation-differs
    Scenario: At the end no component is unhealthy, and there is no list that could be empty
      Given a registry that manages only postgres, redis and mirror
      When it has become available
      Then none of its conditions has the reason ComponentNotReady
      And these conditions are True:
        | ComponentHPAReady           |
        | ComponentRouteReady         |
        | ComponentMonitoringReady    |
        | ComponentPostgresReady      |
        | ComponentObjectStorageReady |
        | ComponentClairReady         |
        | ComponentClairPostgresReady |
        | ComponentTLSReady           |
        | ComponentRedisReady         |
        | ComponentQuayReady          |
        | ComponentMirrorReady        |
      And its status has no field unhealthyComponents

  Rule: The other fields come one after the other

    @behaviour:status.editor-fields-before-endpoint @documentation-differs @needs:route-api
    Scenario: While migrations run the editor is known, and so is the registry endpoint already
      Given a registry that manages only route and tls
      When it has become available
      Then while migrations were running its status had these fields:
        | configEditorCredentialsSecret |
        | configEditorEndpoint          |
        | registryEndpoint              |
      And while migrations were running its status did not have the field currentVersion

    @behaviour:status.current-version-set @behaviour:status.registry-endpoint-set @needs:route-api
    Scenario: At the end version and endpoint are set
      Given a registry that manages only route and tls
      When it has become available
      Then its currentVersion is a version 3.7
      And its registryEndpoint is "https://{name}-quay-{namespace}.{domain}"

    @behaviour:status.last-updated
    Scenario: lastUpdated grows with every pass of the operator
      Given a registry that manages only quay
      And it has become available
      When 2 minutes have passed
      Then its lastUpdated is a UTC time such as "2021-09-14 10:52:46.104181633 +0000 UTC"
      And its lastUpdated is later than it was when it became available

  Rule: The Pods show it too

    @behaviour:status.pods-starting-output
    Scenario: Mirror Pods are initialised before they start, and nothing is ready at once
      Given a registry that manages only mirror
      When it has become available
      Then each of its mirror Pods was seen initialising
      And no Pod of it was ready from the beginning
