@section:3
Feature: Leaving a component to an external service
  The pattern is always the same: write config.yaml, make a Secret of it, and create a registry that
  names the Secret and the unmanaged component.

  @behaviour:components.unmanaged-standard-pattern @behaviour:config-bundle.create-secret-command
  @section:3.3.1 @behaviour:database.unmanaged-manifest @behaviour:database.unmanaged-db-uri-example
  Scenario: An external database, step by step
    Given the file config.yaml:
      """
      DB_URI: postgresql://test-quay-database:postgres@test-quay-database:5432/test-quay-database
      """
    And the Secret "config-bundle-secret" made from the file config.yaml
    When this registry is created:
      """
      apiVersion: quay.redhat.com/v1
      kind: QuayRegistry
      metadata:
        name: example-registry
      spec:
        configBundleSecret: config-bundle-secret
        components:
          - kind: postgres
            managed: false
      """
    Then the Secret "config-bundle-secret" has exactly these keys:
      | config.yaml |
    And the rollout is not blocked
    And it has no Deployment quay-database
    And Quay is configured with:
      """
      DB_URI: postgresql://test-quay-database:postgres@test-quay-database:5432/test-quay-database
      """

  Rule: A component that Quay cannot do without must be configured if it is unmanaged

    @section:3.3.1 @section:3.5.1 @section:3.5.3 @section:5.4.1
    @behaviour:redis.unmanaged-needs-fields @behaviour:route.unmanaged-missing-fields-error
    @behaviour:database.unmanaged-needs-db-uri
    @behaviour:tls.unmanaged-missing-fields-blocked @behaviour:status.object-shows-component-health
    Scenario Outline: Unmanaged <kind> without its settings blocks the rollout
      Given a registry that manages only quay
      And its bundle lacks the settings of <kind>
      When the operator has seen it
      Then the rollout is blocked with reason ConfigInvalid
      And the message is: required component `<kind>` marked as unmanaged, but `configBundleSecret` is missing necessary fields
      And a Warning Event of it says the same
      And nothing has been deployed

      Examples:
        | kind          |
        | postgres      |
        | objectstorage |
        | route         |
        | redis         |
        | tls           |

    @section:3.5.1 @behaviour:redis.unmanaged-needs-fields
    Scenario: The rollout goes on once the settings are in the bundle
      Given a registry that manages only quay
      And its bundle lacks the settings of redis
      And the operator has seen it
      When its bundle is given the settings of redis
      Then the rollout is not blocked
      And Quay is configured with:
        """
        BUILDLOGS_REDIS: {host: redis.example.com, port: 6379, password: strongpassword}
        USER_EVENTS_REDIS: {host: redis.example.com, port: 6379, password: strongpassword}
        """

  Rule: A managed component must not be configured

    @section:3.1.5 @behaviour:feature-flags.new-37-features-example @documentation-differs @needs:obc-api
    Scenario: The printed switches for new features block a registry with managed object storage
      Given a default registry
      And its bundle says:
        """
        FEATURE_QUOTA_MANAGEMENT: true
        FEATURE_BUILD_SUPPORT: true
        FEATURE_PROXY_CACHE: true
        FEATURE_STORAGE_REPLICATION: true
        DEFAULT_SYSTEM_REJECT_QUOTA_BYTES: 102400000
        """
      When the operator has seen it
      Then the rollout is blocked with reason ConfigInvalid
      And the message is: objectstorage component marked as managed, but `configBundleSecret` contains required fields

    @section:1.3 @behaviour:components.operator-configures-managed
    Scenario Outline: Settings of the managed <kind> block the rollout
      Given a registry that manages only <kind>
      And its bundle has the settings of <kind>
      When the operator has seen it
      Then the rollout is blocked with reason ConfigInvalid
      And the message is: <kind> component marked as managed, but `configBundleSecret` contains required fields
      And nothing has been deployed

      Examples:
        | kind          |
        | postgres      |
        | objectstorage |
        | redis         |
        | clair         |
