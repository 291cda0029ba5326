"""The components of a registry, one file each."""
