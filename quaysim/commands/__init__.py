"""The commands of `quaysim`, one module each."""
