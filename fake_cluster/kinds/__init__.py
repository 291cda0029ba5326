"""Which resources exist, and what their fields are."""
