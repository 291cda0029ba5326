@section:5.2
Feature: Endpoints and Secrets of a deployed registry

  Background:
    Given a registry that manages only route and tls
    And it has become available

  @behaviour:status.shown-by-get-and-describe @needs:route-api
  Scenario: Reading the registry shows its endpoints and Secrets
    Then its registryEndpoint is "https://{host}"
    And its configEditorEndpoint is "https://{name}-quay-config-editor-{namespace}.{domain}"
    And its configEditorCredentialsSecret is the Secret of that kind which its config editor uses
    And its bundle is the Secret "config-bundle-secret"

  @behaviour:config-editor.endpoint-name @needs:route-api @needs:router
  Scenario: The config editor is reached under a host name of its own
    Then its configEditorEndpoint is "https://{name}-quay-config-editor-{namespace}.{domain}"
    And its Route quay-config-editor has the host name of its configEditorEndpoint
    And its Route quay-config-editor ends TLS at the edge and redirects plain HTTP

  @behaviour:config-editor.credentials-secret @behaviour:config-editor.username-quayconfig
  @behaviour:config-editor.password-decodes @section:6.1.1 @behaviour:config-editor.credentials-secret-metadata
  @needs:route-api
  Scenario: The Secret with the credentials of the config editor
    Then the config editor's credentials have exactly these keys:
      | password |
      | username |
    And the config editor's username is quayconfig
    And the config editor's password has 16 characters
    And the config editor's credentials are of type Opaque, carry the registry's label and are owned by it
