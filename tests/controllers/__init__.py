"""Tests of the controllers of kube-controller-manager."""
