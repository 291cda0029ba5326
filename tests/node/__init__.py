"""Tests of programs, containers, Pods, nodes and the scheduler."""
