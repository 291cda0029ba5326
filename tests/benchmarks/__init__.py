"""Benchmarks: figures and ratios, no assertions."""
