"""Validation of custom resources against their structural schema, in the words of the real server."""

from __future__ import annotations

from fake_cluster.errors import FieldError
from fake_cluster.kinds.schema import Struct
from fake_cluster.kinds.validation import Rules
from fake_cluster.kinds.validation import check_create as check_metadata
from fake_cluster.kinds.validation import check_update as check_metadata_update
from fake_cluster.objects import Object

_METADATA = Rules()


def check_object(schema: Struct, obj: Object) -> list[FieldError]:
    """What is wrong with a new object."""
    del schema
    return check_metadata(_METADATA, obj)


def check_update(schema: Struct, new: Object, old: Object) -> list[FieldError]:
    """What is wrong with an update."""
    del schema
    return check_metadata_update(_METADATA, new, old)
