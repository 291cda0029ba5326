"""Benchmarks: they print numbers, and no test asserts a time."""
