@section:8.1
Feature: Infrastructure nodes
  Quay can be given nodes of its own. Labels, taints and the Project's annotations decide.

  Rule: Quay Pods run anywhere unless told otherwise

    @behaviour:infra-nodes.default-any-worker
    Scenario: The Pods of a registry select no nodes
      Given a registry that manages only postgres, redis and mirror
      When it has become available
      Then none of its Pods selects nodes or tolerates their taints

  Rule: Nodes are labelled and tainted

    @section:8.1.1 @behaviour:infra-nodes.label-node @behaviour:infra-nodes.role-shown @needs:nodes
    Scenario: The label makes a node an infrastructure node
      When one worker node is labelled "node-role.kubernetes.io/infra="
      Then exactly that node has the role infra

    @section:8.1.1 @behaviour:infra-nodes.label-does-not-exclude-workloads @needs:nodes
    Scenario: The label alone does not keep other Pods away
      Given one worker node is labelled "node-role.kubernetes.io/infra="
      And every other node is tainted "example.com/full:NoSchedule"
      When a Pod without any preference is created
      Then the Pod runs on that node

    @section:8.1.1 @behaviour:infra-nodes.taint-node @needs:nodes
    Scenario: The taint keeps away Pods that do not tolerate it
      Given every node is tainted "node-role.kubernetes.io/infra:NoSchedule"
      When a Pod without any preference is created
      And a Pod that tolerates "node-role.kubernetes.io/infra" is created
      Then the Pod that tolerates the taint runs
      But the Pod without any preference stays Pending

  Rule: A Project can be bound to the infrastructure nodes

    @section:8.1.2 @section:8.1.4
    @behaviour:infra-nodes.project-example @behaviour:infra-nodes.project-resources-on-infra-nodes
    @behaviour:infra-nodes.registry-on-infra-nodes @needs:nodes @needs:project-placement
    Scenario: All Pods of a registry run on the nodes that its Project selects
      Given one worker node is labelled "node-role.kubernetes.io/infra="
      And that node is tainted "node-role.kubernetes.io/infra:NoSchedule"
      And the namespace selects and tolerates these nodes
      And a registry that manages only redis
      When it has become available
      Then all Pods of the namespace run on that node
