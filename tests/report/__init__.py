"""What a run leaves behind, and what it must never leave behind."""
