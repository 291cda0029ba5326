"""Black-box probes of a Kubernetes API: what naive fakes get wrong, asked over nothing but HTTP.

They run against the API in memory. With CONFORMANCE_SERVER (and CONFORMANCE_TOKEN, CONFORMANCE_CA) in the
environment they run against that server instead, which must be one that can be thrown away.
"""
