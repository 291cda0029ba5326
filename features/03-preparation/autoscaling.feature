@section:3.5.2
Feature: Autoscaling of Pods
  By default the Pods of Quay, Clair and the mirror are scaled automatically.

  Rule: The operator scales Quay, Clair and the mirror

    Background:
      Given a registry that manages only clair, clairpostgres, mirror and horizontalpodautoscaler

    @section:4.1.2 @behaviour:hpa.created-for-quay-clair-mirror @behaviour:hpa.names-follow-deployments
    @behaviour:hpa.clair-limits @behaviour:hpa.quay-limits @behaviour:hpa.mirror-limits
    Scenario: There are three autoscalers, named after the Deployments that they scale
      When the operator has seen it
      Then these are all its autoscalers:
        | name        | scales                 | minimum | maximum |
        | clair-app   | Deployment clair-app   | 2       | 10      |
        | quay-app    | Deployment quay-app    | 2       | 20      |
        | quay-mirror | Deployment quay-mirror | 2       | 20      |

    @section:4.1.2 @behaviour:hpa.targets-90-percent
    Scenario: All three aim at 90 % of CPU and memory
      When the operator has seen it
      Then each of its autoscalers aims at these utilisations:
        | cpu    | 90 % |
        | memory | 90 % |

    @behaviour:hpa.two-pods-by-default
    Scenario: Without load there are two Pods of each
      When it has become available
      Then these Pods are running:
        | Deployment  | Pods |
        | clair-app   | 2    |
        | quay-app    | 2    |
        | quay-mirror | 2    |

    @behaviour:hpa.unmanaged-example
    Scenario: Unmanaged, there is no autoscaler and the numbers are fixed
      Given its component horizontalpodautoscaler is declared unmanaged
      When it has become available
      Then it has no objects of kind HorizontalPodAutoscaler
      And these Pods are running:
        | Deployment  | Pods |
        | clair-app   | 2    |
        | quay-app    | 2    |
        | quay-mirror | 2    |

  Rule: You may scale them yourself

    @behaviour:hpa.own-autoscaler-allowed
    Scenario: Your own autoscaler is left alone
      Given a registry that manages only quay
      And it has become available
      And an autoscaler "my-autoscaler" of your own for quay-app with 3 to 5 Pods
      When 3 minutes have passed
      Then the autoscaler "my-autoscaler" still asks for 3 to 5 Pods
      And the Deployment quay-app has 3 replicas
