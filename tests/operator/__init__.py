"""Tests of the simulated Quay Operator."""
