"""A Kubernetes cluster in memory: the API, its controllers and its nodes, useful on its own."""
