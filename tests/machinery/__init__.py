"""Tests of clients, queue and manager."""
