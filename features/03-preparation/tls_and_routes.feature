@section:3.4
Feature: Who terminates TLS
  The components route and tls decide together where TLS ends: at the router, with the cluster's
  certificate, or in the Quay Pods, with your own.

  Rule: There are three ways to serve a registry

    @behaviour:tls.table-route-managed-tls-managed @behaviour:tls.component-decides-who-handles-tls
    @behaviour:tls.table-is-complete @behaviour:tls.external-termination-preset @needs:route-api
    Scenario: Route and TLS managed, without a certificate: the router ends TLS
      Given a registry that manages only route and tls
      When it has become available
      Then its Route quay ends TLS at the edge and redirects plain HTTP
      And its Route quay leads to the port http of its Service quay-app
      And its Route quay has no certificate of its own
      And Quay is configured with:
        """
        EXTERNAL_TLS_TERMINATION: true
        PREFERRED_URL_SCHEME: https
        """
      And Quay is probed over HTTP on port 8080

    @behaviour:tls.table-route-managed-tls-unmanaged @behaviour:tls.component-decides-who-handles-tls
    @behaviour:tls.pair-mounted-in-quay-container
    @behaviour:tls.table-is-complete @needs:route-api
    Scenario: Route managed, TLS unmanaged, with a certificate: Quay ends TLS
      Given a registry that manages only route
      When it has become available
      Then its Route quay passes TLS through to Quay and redirects plain HTTP
      And its Route quay leads to the port https of its Service quay-app
      And the Quay Pods find the bundle's certificate and key in /conf/stack
      And Quay is configured with:
        """
        EXTERNAL_TLS_TERMINATION: false
        PREFERRED_URL_SCHEME: https
        """
      And Quay is probed over HTTPS on port 8443

    @behaviour:tls.table-route-unmanaged-tls-unmanaged @behaviour:tls.table-is-complete
    Scenario: Both unmanaged, with a certificate: Quay ends TLS and the Route is up to you
      Given a registry that manages only quay
      When it has become available
      Then it has no Route quay
      And the Quay Pods find the bundle's certificate and key in /conf/stack
      And Quay is probed over HTTPS on port 8443
      And ComponentTLSReady is True, with reason ComponentReady and message "Config bundle contains certs"

    @behaviour:tls.managed-requires-managed-route @behaviour:tls.table-is-complete
    @documentation-differs @needs:route-api
    Scenario: Managed TLS without a managed Route is deployed, although it is said to be invalid
      Given a registry that manages only tls
      When it has become available
      Then the rollout is not blocked
      And it has no Route quay

  Rule: Managed TLS uses the cluster's certificate

    @behaviour:tls.managed-uses-cluster-wildcard @needs:route-api @needs:router
    Scenario: The router's wildcard certificate is known to Quay
      Given a registry that manages only route and tls
      When it has become available
      Then the Quay Pods find the router's wildcard certificate as /conf/stack/ocp-cluster-wildcard.cert
      And ComponentTLSReady is True, with reason ComponentReady and message "Using cluster wildcard certs"

  Rule: Unmanaged TLS needs your certificate

    @behaviour:tls.unmanaged-uses-own-certificate @documentation-differs @needs:route-api
    Scenario: Your certificate is not put into the Route, as the text says, but into the Quay Pods
      Given a registry that manages only route
      When the operator has seen it
      Then its Route quay has no certificate of its own
      And the Quay Pods find the bundle's certificate and key in /conf/stack

    @behaviour:tls.unmanaged-requires-certificates @needs:route-api
    Scenario: Without a certificate the rollout is blocked until there is one
      Given a registry that manages only route
      And its bundle lacks the settings of tls
      And the operator has seen it
      And the rollout is blocked with reason ConfigInvalid
      When its bundle is given the settings of tls
      Then the rollout is not blocked
      And the Quay Pods find the bundle's certificate and key in /conf/stack

    @behaviour:tls.unmanaged-requires-certificates @needs:route-api
    Scenario: A certificate for another host blocks the rollout
      Given a registry that manages only route
      And its bundle's certificate is for "wrong.example.com"
      When the operator has seen it
      Then the rollout is blocked with reason ComponentCreationFailed
      And the message is: could not inflate kubernetes objects: provided certificate pair not valid for host '{host}': x509: certificate is valid for wrong.example.com, not {host}
      And nothing has been deployed

    @behaviour:tls.pair-in-separate-persistent-secret
    Scenario: The certificate is kept in a Secret of its own, which later passes leave alone
      Given a registry that manages only quay
      And it has become available
      When 3 minutes have passed
      Then the bundle's certificate and key are in a Secret of their own
      And there has been no other such Secret, nor has this one changed

    @section:12.2.2.2
    @behaviour:upgrade.certificate-without-san-blocked @behaviour:upgrade.regenerate-certificate-with-san
    Scenario: A certificate that has its host as Common Name only is refused until it has it as alternative name
      Given a registry that manages only quay
      And its bundle's certificate has its host as Common Name only
      And the operator has seen it
      And the rollout is blocked with reason ComponentCreationFailed
      And the message ends: x509: certificate relies on legacy Common Name field, use SANs instead
      When its bundle is given the settings of tls
      Then the rollout is not blocked

    @section:3.4.1 @behaviour:tls.bundle-with-pair-command
    Scenario: A bundle made from config.yaml and a key pair
      Given a registry that manages only quay
      When the operator has seen it
      Then the Secret "config-bundle-secret" has exactly these keys:
        | config.yaml |
        | ssl.cert    |
        | ssl.key     |
      And the Quay Pods find the bundle's certificate and key in /conf/stack

  Rule: TLS can change hands while the Route stays managed

    @behaviour:tls.separate-from-route @needs:route-api
    Scenario: From the router to Quay
      Given a registry that manages only route and tls
      And it has become available
      When its bundle is given the settings of tls
      And tls is set to unmanaged
      Then its component route is managed
      And its Route quay passes TLS through to Quay and redirects plain HTTP
      And it becomes available
