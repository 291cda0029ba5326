"""The documented behaviours, and which of them have scenarios."""
