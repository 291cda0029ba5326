@section:4.1.2
Feature: The Pods of a default registry

  @behaviour:deploy.default-two-quay-app-pods @behaviour:deploy.default-one-config-editor-pod
  @behaviour:deploy.default-two-mirror-pods @behaviour:deploy.default-one-redis-pod
  @behaviour:deploy.default-one-database-pod @behaviour:deploy.default-two-clair-pods
  @behaviour:deploy.default-one-clair-postgres-pod @behaviour:hpa.two-pods-by-default
  @needs:route-api @needs:obc-api @needs:monitoring-api
  Scenario: Two Pods of what is scaled, one of everything else
    Given a default registry
    When it has become available
    Then these Pods are running:
      | Deployment         | Pods |
      | quay-app           | 2    |
      | quay-config-editor | 1    |
      | quay-mirror        | 2    |
      | clair-app          | 2    |
      | quay-redis         | 1    |
      | quay-database      | 1    |
      | clair-postgres     | 1    |

  @section:4.1.1 @behaviour:deploy.pod-list-output @behaviour:deploy.upgrade-pod-completes
  @documentation-differs @needs:route-api @needs:obc-api @needs:monitoring-api
  Scenario: The list of Pods is as printed, but without quay-postgres-init
    Given a default registry
    When it has become available
    Then its Pods are, by name:
      | pattern                                          | Pods | phase     |
      | {name}-clair-app-[a-z0-9]+-[a-z0-9]{5}           | 2    | Running   |
      | {name}-clair-postgres-[a-z0-9]+-[a-z0-9]{5}      | 1    | Running   |
      | {name}-quay-app-(?!upgrade)[a-z0-9]+-[a-z0-9]{5} | 2    | Running   |
      | {name}-quay-app-upgrade-[a-z0-9]{5}              | 1    | Succeeded |
      | {name}-quay-config-editor-[a-z0-9]+-[a-z0-9]{5}  | 1    | Running   |
      | {name}-quay-database-[a-z0-9]+-[a-z0-9]{5}       | 1    | Running   |
      | {name}-quay-mirror-[a-z0-9]+-[a-z0-9]{5}         | 2    | Running   |
      | {name}-quay-redis-[a-z0-9]+-[a-z0-9]{5}          | 1    | Running   |
