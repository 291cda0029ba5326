@section:5.1
Feature: Changing the configuration through the bundle

  @behaviour:config-bundle.edit-rolls-out
  Scenario: A changed bundle is rolled out with the operator's next pass
    Given a registry that manages only quay
    And it has become available
    When its bundle is changed to say:
      """
      FEATURE_USER_CREATION: false
      """
    Then Quay is configured with:
      """
      FEATURE_USER_CREATION: false
      """
    And new Quay Pods replace the old ones
    And it becomes available

  @section:5.2 @behaviour:config-bundle.holds-config-and-certificates
  Scenario: The bundle of a registry with a certificate holds config.yaml and the key pair
    Given a registry that manages only quay
    When the operator has seen it
    Then its bundle has exactly these keys:
      | config.yaml |
      | ssl.cert    |
      | ssl.key     |
    And the Quay Pods find the bundle's certificate and key in /conf/stack

  @section:6.3.1 @behaviour:config-editor.password-generated-once
  Scenario: The config editor keeps its password when the registry is configured anew
    Given a registry that manages only quay
    And it has become available
    And the config editor's password is noted
    When its bundle is changed to say:
      """
      REGISTRY_TITLE: Our registry
      """
    And new Quay Pods replace the old ones
    Then the config editor's password is the one noted
    And it becomes available
