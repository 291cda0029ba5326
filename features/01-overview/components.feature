@section:1.2
Feature: Components
  A registry is made of eleven components. Each of them is either managed by the operator or left to
  the user, which is what spec.components says.

  Rule: What is left out is filled in

    @behaviour:components.default-all-managed @behaviour:components.defaults-are-filled-in
    @behaviour:components.eleven-kinds
    @needs:route-api @needs:obc-api @needs:monitoring-api @needs:cluster-wide-operator
    Scenario: Without a list, all eleven components are managed
      Given a default registry
      When the operator has seen it
      Then its components are:
        | kind                    | managed |
        | quay                    | true    |
        | postgres                | true    |
        | clair                   | true    |
        | redis                   | true    |
        | horizontalpodautoscaler | true    |
        | objectstorage           | true    |
        | route                   | true    |
        | mirror                  | true    |
        | monitoring              | true    |
        | tls                     | true    |
        | clairpostgres           | true    |

    @section:3 @behaviour:components.mix-of-managed-and-unmanaged
    @needs:route-api @needs:obc-api @needs:monitoring-api @needs:cluster-wide-operator
    Scenario: Naming the unmanaged components is enough
      Given a registry with these components unmanaged:
        | clair |
      When the operator has seen it
      Then its components are:
        | kind                    | managed |
        | clair                   | false   |
        | quay                    | true    |
        | postgres                | true    |
        | redis                   | true    |
        | horizontalpodautoscaler | true    |
        | objectstorage           | true    |
        | route                   | true    |
        | mirror                  | true    |
        | monitoring              | true    |
        | tls                     | true    |
        | clairpostgres           | true    |

    @behaviour:components.default-all-managed @documentation-differs @needs:route-api
    Scenario: A certificate in the bundle makes tls unmanaged, although everything is said to be managed
      Given a default registry
      And its bundle has the settings of tls
      When the operator has seen it
      Then its component tls is unmanaged
      And its Route quay passes TLS through to Quay and redirects plain HTTP
      And the rollout is not blocked

    @behaviour:components.defaults-are-filled-in @needs:plain-kubernetes
    Scenario: Without the OpenShift APIs, what would need them is filled in as unmanaged
      Given a default registry
      When the operator has seen it
      Then its components are:
        | kind                    | managed |
        | quay                    | true    |
        | postgres                | true    |
        | clair                   | true    |
        | redis                   | true    |
        | horizontalpodautoscaler | true    |
        | objectstorage           | false   |
        | route                   | false   |
        | mirror                  | true    |
        | monitoring              | false   |
        | tls                     | false   |
        | clairpostgres           | true    |

    @behaviour:components.default-list-example @needs:route-api @needs:obc-api @needs:monitoring-api
    Scenario: Listing all eleven components is the same as listing none
      Given a registry with these components managed:
        | quay                    |
        | postgres                |
        | clair                   |
        | redis                   |
        | horizontalpodautoscaler |
        | objectstorage           |
        | route                   |
        | mirror                  |
        | monitoring              |
        | tls                     |
        | clairpostgres           |
      When the operator has seen it
      Then it has the same objects as a default registry

  Rule: An entry has a kind and says whether it is managed

    @behaviour:components.spec-components-field @behaviour:components.managed-boolean-semantics
    Scenario: A managed component is deployed
      Given a registry that manages only redis
      When the operator has seen it
      Then its component redis is managed
      And it has a Deployment quay-redis
      And it has a Service quay-redis

    @behaviour:components.spec-components-field @behaviour:components.managed-boolean-semantics
    Scenario: An unmanaged component is left to the user
      Given a registry that manages only quay
      When the operator has seen it
      Then its component redis is unmanaged
      And it has no Deployment quay-redis
      And it has no Service quay-redis

    @behaviour:components.entry-has-kind-and-managed
    Scenario Outline: The API server refuses an entry <that>
      When this entry of spec.components is submitted: <entry>
      Then the API server refuses it as Invalid because of <field>: <why>

      Examples:
        | that                        | entry                           | field                      | why                     |
        | says "no" instead of false  | {"kind":"redis","managed":"no"} | spec.components[0].managed | must be of type boolean |
        | does not say who manages it | {"kind":"redis"}                | spec.components[0].managed | Required value          |
        | names no kind               | {"managed":false}               | spec.components[0].kind    | Required value          |

    @behaviour:components.entry-has-kind-and-managed
    Scenario: The API server takes an entry with a kind and a boolean
      When this entry of spec.components is submitted: {"kind":"redis","managed":false}
      Then the API server takes it

  Rule: Management can change at any time

    @section:5 @behaviour:components.managed-can-be-changed-later
    Scenario: A component that becomes managed is deployed
      Given a registry that manages only quay
      And it has become available
      When horizontalpodautoscaler is set to managed
      And the operator has seen the change
      Then it has a HorizontalPodAutoscaler quay-app
      And ComponentHPAReady is True, with reason ComponentReady and message "Horizontal pod autoscaler found"
      And it becomes available
