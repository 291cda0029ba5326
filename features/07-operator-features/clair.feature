@section:7.2.2.1
Feature: Clair as the operator sets it up
  Who updates Clair without access to the internet needs its configuration and its database.

  Background:
    Given a registry that manages only clair and clairpostgres

  @behaviour:airgap-clair.get-config @documentation-differs
  Scenario: Clair's configuration is in a Secret whose name is longer than the printed one
    When the operator has seen it
    Then there is no Secret "{name}-clair-config-secret"
    But a Secret "{name}-clair-config-secret-" followed by a hash has the configuration that Clair reads

  @behaviour:clair.default-connstring @behaviour:clair.clairpostgres-managed-database
  Scenario: Indexer, matcher and notifier share the managed database
    When it has become available
    Then Clair's indexer, matcher and notifier connect with these settings:
      | host     | {name}-clair-postgres |
      | port     | 5432                  |
      | dbname   | postgres              |
      | user     | postgres              |
      | password | postgres              |
      | sslmode  | disable               |
    And these Pods are running:
      | Deployment     | Pods |
      | clair-postgres | 1    |

  @behaviour:clair.default-indexer @behaviour:clair.default-matcher @behaviour:clair.default-notifier
  Scenario: The defaults of indexer, matcher and notifier
    When the operator has seen it
    Then Clair is configured with:
      """
      log_level: info
      indexer: {scanlock_retry: 10, layer_scan_concurrency: 5, migrations: true}
      matcher: {migrations: true}
      notifier: {migrations: true, poll_interval: 5m0s, delivery_interval: 1m0s}
      """

  @section:7.2.4 @behaviour:airgap-clair.database-service
  Scenario: Two Services lead to Clair and to its database
    When the operator has seen it
    Then its Services have these types and ports:
      | Service        | type      | ports            |
      | clair-app      | ClusterIP | 80/TCP, 8089/TCP |
      | clair-postgres | ClusterIP | 5432/TCP         |
