"""Tests of what OpenShift adds."""
