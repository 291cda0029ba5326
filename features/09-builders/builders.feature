@section:9.3
Feature: Preparing a registry for builders

  Rule: Builders reach Quay through a Route of their own

    @section:9.3.1 @section:9.3.2.1
    @behaviour:builds.builder-route-format @behaviour:builds.builder-route-output @needs:route-api @needs:router
    Scenario: With managed TLS the builder Route ends TLS at the edge
      Given a registry that manages only route and tls
      When it has become available
      Then its Route quay-builder is served as "{name}-quay-builder-{namespace}.{domain}"
      And its Route quay-builder leads to the port grpc of its Service quay-app
      And its Route quay-builder ends TLS at the edge and redirects plain HTTP

    @section:9.3.1 @behaviour:builds.tls-unmanaged-needs-own-pair @needs:route-api
    Scenario: With build support Quay ends TLS with your key pair
      Given a registry that manages only route
      And its bundle says:
        """
        FEATURE_BUILD_SUPPORT: true
        """
      When the operator has seen it
      Then the rollout is not blocked
      And its Route quay-builder passes TLS through to Quay and redirects plain HTTP
      And the Quay Pods find the bundle's certificate and key in /conf/stack

  Rule: Builds run in a namespace and under an account of their own

    @section:9.3.2.1 @behaviour:builds.grant-edit-role @needs:rbac
    Scenario: The builder's account may edit its namespace and nothing else
      Given a namespace for virtual builders
      And the ServiceAccount "quay-builder" in it
      When it is given the role edit there
      Then it may create pods and jobs in that namespace
      But it may not create pods in another namespace

    @section:9.3.2.1 @behaviour:builds.create-project @behaviour:builds.create-service-account
    @behaviour:builds.token-from-411
    Scenario: A token for the builder's account
      Given a namespace for virtual builders
      And the ServiceAccount "quay-builder" in it
      When a token is asked for it
      Then the token is a JWT for the ServiceAccount "quay-builder" in that namespace

    @section:9.3.2.1 @behaviour:builds.build-cluster-ca
    Scenario: The build cluster's CA is published in every namespace
      Given a namespace for virtual builders
      Then its ConfigMap kube-root-ca.crt has a PEM certificate under ca.crt

  Rule: A certificate of your own names Quay and its builders

    @section:9.3.2.2.1 @behaviour:builds.openssl-commands @needs:route-api
    Scenario: The five openssl commands make a key pair that the operator accepts
      Given a registry that manages only route
      And its bundle's BUILDMAN_HOSTNAME is "{name}-quay-builder-{namespace}.{domain}:443"
      And the printed openssl.cnf with its two host names
      When the five openssl commands are run
      Then ssl.cert is signed by rootCA.pem and names exactly these two hosts
      And with ssl.cert and ssl.key in its bundle the rollout is not blocked
      And the Quay Pods find the bundle's certificate and key in /conf/stack

    @section:9.3.1 @behaviour:builds.certificate-covers-builder-route @needs:route-api
    Scenario: A certificate that names Quay alone is not enough for builders
      Given a registry that manages only route
      And its bundle's BUILDMAN_HOSTNAME is "{name}-quay-builder-{namespace}.{domain}:443"
      When the operator has seen it
      Then the rollout is blocked with reason ComponentCreationFailed
      And the message is: could not inflate kubernetes objects: provided certificate pair not valid for host '{name}-quay-builder-{namespace}.{domain}': x509: certificate is valid for {host}, not {name}-quay-builder-{namespace}.{domain}
      And nothing has been deployed

    @section:9.3.1 @behaviour:builds.certificate-covers-builder-route @needs:route-api
    Scenario: A wildcard certificate is enough for both
      Given a registry that manages only route
      And its bundle's BUILDMAN_HOSTNAME is "{name}-quay-builder-{namespace}.{domain}:443"
      And its bundle's certificate is for "*.{domain}"
      When the operator has seen it
      Then the rollout is not blocked

  Rule: Certificates are copied into the bundle

    Background:
      Given a registry that manages only route and tls
      And it has become available

    @section:9.3.2.2.3 @section:9.3.2.2.4
    @behaviour:builds.find-bundle-name @behaviour:builds.temporary-secrets @behaviour:builds.copy-keys-to-bundle
    Scenario: Keys of two temporary Secrets end up in the bundle
      Given the Secret "temp-crt" with the build cluster's CA as extra_ca_cert_build_cluster.crt
      And the Secret "quay-config-ssl" with ssl.cert and ssl.key
      When the keys of these Secrets are copied to the bundle that the first registry of the namespace names:
        | temp-crt        |
        | quay-config-ssl |
      Then its bundle has exactly these keys:
        | config.yaml                     |
        | extra_ca_cert_build_cluster.crt |
        | ssl.cert                        |
        | ssl.key                         |
      And the copied keys have the values of the temporary Secrets
