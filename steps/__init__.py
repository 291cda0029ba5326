"""The step sentences, one module per subject."""
