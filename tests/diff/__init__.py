"""Tests of the comparison of object sets."""
