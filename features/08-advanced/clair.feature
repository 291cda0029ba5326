@section:8.5.1.1
Feature: A Clair configuration of your own
  Clair stays managed; its database and parts of its configuration come from the bundle.

  Background:
    Given a registry that manages only clair
    And its bundle holds the certificate rds-ca-2019-root.pem of Clair's database

  @section:8.5.1.1.2
  @behaviour:clair.custom-config-secret-command @behaviour:clair.unmanaged-configuration-allowed
  @behaviour:clair.custom-config-mounted @behaviour:clair.database-cert-mounted
  Scenario: Clair is given the database of the bundle
    When the operator has seen it
    Then its bundle has exactly these keys:
      | clair-config.yaml                  |
      | config.yaml                        |
      | extra_ca_cert_rds-ca-2019-root.pem |
      | ssl.cert                           |
      | ssl.key                            |
    And the rollout is not blocked
    And it has no Deployment clair-postgres
    And Clair's indexer, matcher and notifier use the database of the bundle
    And the Clair Pods find the certificate as /var/run/certs/rds-ca-2019-root.pem

  @behaviour:clair.custom-config-defaults-filled
  Scenario: What the bundle does not say of Clair is filled in
    When the operator has seen it
    Then Clair's configuration says as well:
      """
      http_listen_addr: ":8080"
      log_level: info
      metrics: {name: prometheus}
      """
    And Clair and Quay share a key
