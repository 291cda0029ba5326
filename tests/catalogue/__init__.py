"""Tests of the catalogue of documented behaviours."""
