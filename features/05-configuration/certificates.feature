@section:5.4
Feature: Certificates in the bundle

  Rule: The bundle carries custom certificate authorities

    @section:5.4.2 @behaviour:custom-ca.secret-yaml-example
    Scenario: A bundle with a certificate, written as one manifest
      When this Secret is created:
        """
        apiVersion: v1
        kind: Secret
        metadata:
          name: custom-ssl-config-bundle-secret
        stringData:
          config.yaml: |
            FEATURE_USER_INITIALIZE: true
            SUPER_USERS:
            - quayadmin
          extra_ca_cert_my-custom-ssl.crt: |
            -----BEGIN CERTIFICATE-----
            MIIDsDCCApigAwIBAgIUCqlzkHjF5i5TXLFy+sepFrZr/UswDQYJKoZIhvcNAQEL
            -----END CERTIFICATE-----
        """
      Then the Secret "custom-ssl-config-bundle-secret" has exactly these keys:
        | config.yaml                     |
        | extra_ca_cert_my-custom-ssl.crt |
      And its key config.yaml decodes to:
        """
        FEATURE_USER_INITIALIZE: true
        SUPER_USERS:
        - quayadmin

        """

    @section:5.4.2 @behaviour:custom-ca.secret-yaml-example
    Scenario: Plain text under "data", as the documentation prints it, is refused
      When this Secret is submitted:
        """
        apiVersion: v1
        kind: Secret
        metadata:
          name: custom-ssl-config-bundle-secret
        data:
          config.yaml: |
            FEATURE_USER_INITIALIZE: true
        """
      Then the API server refuses it as BadRequest: Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 7

    @section:5.4.2
    @behaviour:custom-ca.secret-from-files-example @behaviour:custom-ca.quayregistry-references-bundle
    Scenario: A registry is pointed to a bundle with a certificate
      Given a registry that manages only quay
      And it has become available
      When it is pointed to a bundle "custom-ssl-config-bundle-secret" with the certificate my-custom-ssl.crt as well
      Then the Secret "custom-ssl-config-bundle-secret" has exactly these keys:
        | config.yaml                     |
        | extra_ca_cert_my-custom-ssl.crt |
        | ssl.cert                        |
        | ssl.key                         |
      And its bundle is the Secret "custom-ssl-config-bundle-secret"
      And the Quay Pods find the certificate as /conf/stack/extra_ca_certs/my-custom-ssl.crt
      And it becomes available

    @section:6.4 @behaviour:custom-ca.service-ca-present @needs:route-api
    Scenario: The authority of the cluster's Services is there without being asked for
      Given a registry that manages only quay
      When it has become available
      Then the Deployments quay-app and quay-config-editor are given /conf/stack/extra_ca_certs/service-ca.crt
      And that file is the certificate of an authority called "openshift-service-serving-signer"

    @behaviour:custom-ca.new-bundle-keeps-config-yaml
    Scenario: A new bundle that forgets config.yaml is not rolled out
      Given a registry that manages only quay
      And it has become available
      When it is pointed to a bundle "forgetful-bundle" that has only the certificate my-custom-ssl.crt
      And 2 minutes have passed
      Then the Quay Pods do not find /conf/stack/extra_ca_certs/my-custom-ssl.crt
      And Quay is still configured as before

  Rule: A registry that is to end TLS itself needs a certificate first

    @section:5.4.1 @behaviour:tls.set-unmanaged-snippet @behaviour:tls.unmanaged-missing-fields-blocked
    @behaviour:tls.blocked-until-configured @needs:route-api
    Scenario: Switching TLS to unmanaged without a certificate blocks the rollout and changes nothing
      Given a registry that manages only route and tls
      And it has become available
      When tls is set to unmanaged
      Then its component tls is unmanaged
      And the rollout is blocked with reason ConfigInvalid
      And the message is: required component `tls` marked as unmanaged, but `configBundleSecret` is missing necessary fields
      And a Warning Event of it says the same
      And its Route quay ends TLS at the edge and redirects plain HTTP
