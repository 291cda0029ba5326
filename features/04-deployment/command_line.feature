@section:4.1
Feature: Deploying from the command line

  @behaviour:deploy.create-namespace
  Scenario: A new namespace is active and empty
    When a namespace is created
    Then the namespace is Active
    And there is no Deployment, Pod, Service or PersistentVolumeClaim in it

  Rule: The documentation's example registries are accepted

    @behaviour:deploy.minimal-example @behaviour:deploy.bundle-is-optional-step
    @behaviour:deploy.oc-create-with-namespace @behaviour:status.initial-spec-filled
    @needs:route-api @needs:obc-api @needs:monitoring-api @needs:cluster-wide-operator
    Scenario: The minimal registry has a name and nothing else
      When this registry is created:
        """
        apiVersion: quay.redhat.com/v1
        kind: QuayRegistry
        metadata:
          name: example-registry
        """
      And the operator has seen it
      Then the rollout is not blocked
      And all eleven components are managed
      And its bundle is a new Secret named after it

    @behaviour:deploy.bundle-reference-example @behaviour:deploy.bundle-is-optional-step
    @section:5.3 @behaviour:config-bundle.read-data-with-jsonpath
    Scenario: A registry with a bundle of its own
      Given the file config.yaml:
        """
        FEATURE_USER_INITIALIZE: true
        BROWSER_API_CALLS_XHR_ONLY: false
        SUPER_USERS:
        - quayadmin
        FEATURE_USER_CREATION: false
        FEATURE_QUOTA_MANAGEMENT: true
        FEATURE_PROXY_CACHE: true
        FEATURE_BUILD_SUPPORT: true
        DEFAULT_SYSTEM_REJECT_QUOTA_BYTES: 102400000
        """
      And the Secret "init-config-bundle-secret" made from the file config.yaml
      When this registry is created:
        """
        apiVersion: quay.redhat.com/v1
        kind: QuayRegistry
        metadata:
          name: example-registry
        spec:
          configBundleSecret: init-config-bundle-secret
        """
      And the operator has seen it
      Then the rollout is not blocked
      And its bundle is the Secret "init-config-bundle-secret"
      And the Secret "init-config-bundle-secret" decodes to the file config.yaml
      And Quay is configured with what the file config.yaml says

    @behaviour:deploy.unmanaged-optional-components-example @needs:route-api @needs:obc-api
    Scenario: A registry without Clair, autoscaling, mirroring and monitoring
      When this registry is created:
        """
        apiVersion: quay.redhat.com/v1
        kind: QuayRegistry
        metadata:
          name: example-registry
        spec:
          components:
            - kind: clair
              managed: false
            - kind: horizontalpodautoscaler
              managed: false
            - kind: mirror
              managed: false
            - kind: monitoring
              managed: false
        """
      And it has become available
      Then it has exactly these objects of kind Deployment:
        | clair-postgres     |
        | quay-app           |
        | quay-config-editor |
        | quay-database      |
        | quay-redis         |
      And it has no objects of kind HorizontalPodAutoscaler
      And it has no objects of kind ServiceMonitor

  Rule: A proxy is set through the environment of a component

    @behaviour:deploy.env-override-quay @behaviour:deploy.env-override-mirror @behaviour:deploy.env-override-clair
    Scenario Outline: Environment variables of the component <kind>
      Given a registry that manages only mirror, clair and clairpostgres
      And its component <kind> has these environment variables:
        | DEBUGLOG    | true                                         |
        | HTTP_PROXY  | quayproxy.example.com:3128                   |
        | HTTPS_PROXY | quayproxy.example.com:3128                   |
        | NO_PROXY    | svc.cluster.local,localhost,quay.example.com |
      When the operator has seen it
      Then the Deployment <deployment> has these environment variables:
        | DEBUGLOG    | true                                         |
        | HTTP_PROXY  | quayproxy.example.com:3128                   |
        | HTTPS_PROXY | quayproxy.example.com:3128                   |
        | NO_PROXY    | svc.cluster.local,localhost,quay.example.com |
      And the Deployment <other> does not have the environment variable DEBUGLOG=true

      Examples:
        | kind   | deployment  | other       |
        | quay   | quay-app    | quay-mirror |
        | mirror | quay-mirror | quay-app    |
        | clair  | clair-app   | quay-mirror |

    @behaviour:deploy.proxy-overrides-example @documentation-differs
    Scenario: Overrides beside the components, as the proxy example is printed, are dropped
      When this registry is created:
        """
        apiVersion: quay.redhat.com/v1
        kind: QuayRegistry
        metadata:
          name: quay37
        spec:
          components:
            - kind: mirror
              managed: true
          overrides:
            env:
              - name: HTTP_PROXY
                value: quayproxy.example.com:3128
        """
      And the operator has seen it
      Then its spec has no field overrides
      And the Deployment quay-mirror does not have the environment variable HTTP_PROXY=quayproxy.example.com:3128

  Rule: The end of the deployment shows in the status

    @behaviour:deploy.wait-for-registry-endpoint @needs:route-api
    Scenario: The registry endpoint is empty at first and then the registry's URL
      Given a registry that manages only route and tls
      When it has become available
      Then its registryEndpoint is "https://{host}"
      And its registryEndpoint was empty when it had just been created

    @section:4.2 @behaviour:route.name-affects-hostname @needs:route-api
    Scenario: The name of the registry is part of its host name
      Given a registry "one" that manages only route and tls
      And it has become available
      And a registry "two" that manages only route and tls
      And it has become available
      Then the registry "one" is served as "one-quay-{namespace}.{domain}"
      And the registry "two" is served as "two-quay-{namespace}.{domain}"
