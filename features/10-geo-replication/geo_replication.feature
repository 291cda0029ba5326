@section:10.3.1.1
Feature: Geo-replication
  Several sites share database, Redis, storage and configuration.

  Rule: Each site has a registry with the shared services unmanaged

    Background:
      Given a registry with these components unmanaged:
        | objectstorage |
        | tls           |
        | postgres      |
        | clairpostgres |
        | redis         |

    @behaviour:georep.us-cluster-example @documentation-differs @needs:route-api
    Scenario Outline: The printed example is blocked, as its bundle lacks <what>
      Given its bundle has the settings of <settings>
      When the operator has seen it
      Then the rollout is blocked with reason ConfigInvalid
      And the message is: <message>

      Examples:
        | what                  | settings                               | message                                                                                            |
        | a certificate         | objectstorage, postgres and redis      | required component `tls` marked as unmanaged, but `configBundleSecret` is missing necessary fields |
        | the database of Clair | objectstorage, postgres, redis and tls | clairpostgres component unmanaged but no clair postgres config provided                            |

    @behaviour:georep.us-cluster-example @behaviour:georep.eu-cluster-example @needs:route-api
    Scenario Outline: With both, Quay and its mirror prefer the storage <storage> of their site
      Given its bundle has the settings of objectstorage, postgres, redis, tls and clairpostgres
      And its component quay has these environment variables:
        | QUAY_DISTRIBUTED_STORAGE_PREFERENCE | <storage> |
      And its component mirror has these environment variables:
        | QUAY_DISTRIBUTED_STORAGE_PREFERENCE | <storage> |
      When the operator has seen it
      Then the Deployment quay-app has these environment variables:
        | QUAY_DISTRIBUTED_STORAGE_PREFERENCE | <storage> |
      And the Deployment quay-mirror has these environment variables:
        | QUAY_DISTRIBUTED_STORAGE_PREFERENCE | <storage> |

      Examples:
        | storage   |
        | usstorage |
        | eustorage |

  Rule: The sites have the same configuration

    @behaviour:georep.create-bundle @behaviour:georep.config-must-match
    Scenario: Two sites with the same bundle get the same configuration
      Given a registry that manages only quay
      And its bundle is the Secret "georep-config-bundle" with several storage locations
      And the operator has seen it
      When a second site is set up with the same bundle
      And the operator has seen it
      Then both sites have the same data in the Secret "georep-config-bundle"
      And Quay is configured the same on both sites
