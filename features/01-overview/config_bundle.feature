@section:1.5
Feature: The config bundle
  What the user wants configured stands in a Secret beside the registry.

  @behaviour:config-bundle.optional-autofilled
  Scenario: A registry without a bundle is given one
    Given a default registry
    When the operator has seen it
    Then its bundle is a new Secret named after it
    And its bundle has exactly these keys:
      | config.yaml |
    And its bundle's config.yaml says:
      """
      AUTHENTICATION_TYPE: Database
      FEATURE_MAILING: false
      REGISTRY_TITLE: Quay
      SETUP_COMPLETE: true
      """

  @behaviour:config-bundle.reference-same-namespace
  Scenario: A Secret in another namespace is not a bundle
    Given a registry that manages only quay
    And its bundle is in another namespace
    When the operator has seen it
    Then the rollout is blocked with reason ConfigInvalid
    And the message is: unable to get `configBundleSecret`: Secret "config-bundle-secret" not found
    And nothing has been deployed

  @behaviour:config-bundle.must-have-config-yaml
  Scenario: A bundle without config.yaml does not lead to a registry
    Given a registry that manages only quay
    And its bundle lacks config.yaml
    When it has been there for 3 minutes
    Then it is not available
    And nothing has been deployed

  @behaviour:config-bundle.config-yaml-is-quay-config @behaviour:config-bundle.base-of-merge
  @behaviour:config-bundle.final-secret-mounted
  Scenario: What config.yaml says is what Quay gets, with the fields of managed components merged in
    Given a registry that manages only redis
    And its bundle says:
      """
      FEATURE_USER_INITIALIZE: true
      SUPER_USERS: [quayadmin]
      DEFAULT_SYSTEM_REJECT_QUOTA_BYTES: 102400000
      """
    When the operator has seen it
    Then Quay is configured with:
      """
      FEATURE_USER_INITIALIZE: true
      SUPER_USERS: [quayadmin]
      DEFAULT_SYSTEM_REJECT_QUOTA_BYTES: 102400000
      BUILDLOGS_REDIS: {host: "{name}-quay-redis", port: 6379}
      """

  @behaviour:config-bundle.config-yaml-is-quay-config
  Scenario: A config.yaml that is not YAML blocks the rollout
    Given a registry that manages only quay
    And its bundle's config.yaml reads "FEATURE_USER_INITIALIZE: [true"
    When the operator has seen it
    Then the rollout is blocked with reason RouteComponentDependencyError
    And the message begins: could not check for `Routes` API: unable to parse config.yaml: yaml:
    And nothing has been deployed
