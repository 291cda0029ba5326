"""Which kinds of objects there are, what they look like, and what each of them asks of its objects.

`Kinds` is the table of a cluster's resources; a `Resource` decodes, defaults, prepares and validates
objects of its kind. The API decides what a request means; everything that depends on the kind is here.
"""

from __future__ import annotations

from fake_cluster.kinds.registry import Kinds
from fake_cluster.kinds.resource import Column, Decoded, FieldValidation, Resource

__all__ = ["Column", "Decoded", "FieldValidation", "Kinds", "Resource"]
