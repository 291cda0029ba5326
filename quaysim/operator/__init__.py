"""The simulated Quay Operator."""
