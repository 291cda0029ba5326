"""Scheduler and node agent: Pods that start, probe, fail and stop."""
