@section:1.6.2
Feature: What a registry asks of the cluster

  @behaviour:install.quay-pod-memory-8gi @behaviour:install.quay-pod-cpu-2000m
  Scenario: A Quay Pod asks for 2 CPUs and 8 GiB of memory
    Given a registry that manages only quay
    When it has become available
    Then each Quay Pod requests 2 CPUs and 8Gi of memory

  @behaviour:install.at-least-one-app-pod
  Scenario: Every registry has Quay Pods of its own
    Given a registry "first" that manages only quay
    And it has become available
    And a registry "second" that manages only quay
    And it has become available
    Then each of these registries has at least one Quay Pod of its own:
      | first  |
      | second |

  @behaviour:install.cluster-needs-capacity @needs:nodes
  Scenario: Quay Pods that do not fit on any node stay Pending
    Given every node has less than 2 CPUs left
    And a registry that manages only quay
    When it has been there for 2 minutes
    Then its Quay Pods are Pending because of "Insufficient cpu"
    And it is not available
    And ComponentQuayReady is False, with reason ComponentNotReady and message "Deployment {name}-quay-app has zero replicas available"

  @section:1.6.1 @behaviour:install.privileged-account @needs:rbac
  Scenario: Creating the namespace takes a privileged account
    Given a ServiceAccount without any role
    Then it may not create namespaces
    But with the role cluster-admin it may create namespaces
