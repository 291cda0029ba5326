"""Conformance and simulation of the Red Hat Quay Operator 3.7."""
