"""What OpenShift adds to Kubernetes: CRDs and the controllers behind them."""
