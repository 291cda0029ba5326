@section:11.2
Feature: Restoring a registry

  Rule: The target namespace has no registry yet

    @behaviour:restore.target-namespace-empty
    Scenario: A namespace with a registry is not a place to restore to
      Given a registry that manages only quay
      And it has been exported together with its bundle and its generated keys
      When the export is restored where it came from
      Then the API server refuses it as AlreadyExists: quayregistries.quay.redhat.com "{name}" already exists

  Rule: Secrets first, then the registry

    @section:11.2.1 @behaviour:restore.create-bundle-and-keys @behaviour:restore.create-quayregistry
    @behaviour:restore.keys-are-kept
    Scenario: A restored registry uses the bundle and the keys of the backup
      Given a registry that manages only postgres
      And it has been exported together with its bundle and its generated keys
      And it is deleted
      When the export is restored in an empty namespace
      And it has become available
      Then its bundle and its generated keys are those of the export
      And Quay is configured with the generated keys of the export

    @section:11.2.1 @behaviour:restore.already-exists-error @behaviour:restore.already-exists-remedy
    Scenario: A bundle that is still there is deleted and created again
      Given the Secret "config-bundle-secret" with other data
      When a bundle "config-bundle-secret" is restored from a backup
      Then the API server refuses it as AlreadyExists: secrets "config-bundle-secret" already exists
      And the Secret "config-bundle-secret" still has other data
      But once it has been deleted the bundle "config-bundle-secret" can be restored
