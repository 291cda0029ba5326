"""Conflicts: fields that an applier wants otherwise than those who own them.

Source of the texts: measured, and the behaviour of kube-apiserver 1.29 and later.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from fake_cluster.api.apply.elements import shown
from fake_cluster.api.apply.fieldsets import FieldSet, paths
from fake_cluster.errors import ApiError, FieldError
from fake_cluster.objects import Object


class Conflict(NamedTuple):
    """The fields that one entry of `managedFields` would lose."""

    entry: Object
    fields: FieldSet

    def manager(self) -> str:
        """The other side as messages name it: `"kubectl" with subresource "scale" using apps/v1`."""
        text = f'"{self.entry.get("manager", "")}"'
        if self.entry.get("subresource"):
            text += f' with subresource "{self.entry["subresource"]}"'
        return text + (f" using {self.entry['apiVersion']}" if self.entry["operation"] == "Update" else "")


def apply_conflict(conflicts: Sequence[Conflict]) -> ApiError:
    """409 with a cause for every field; the message groups them by manager."""
    ordered = sorted(conflicts, key=lambda conflict: conflict.manager())
    listed = [(conflict, [shown(path) for path in paths(conflict.fields)]) for conflict in ordered]
    causes = [
        FieldError("FieldManagerConflict", path, f"conflict with {conflict.manager()}").cause()
        for conflict, fields in listed
        for path in fields
    ]
    if len(causes) == 1:
        text = f"1 conflict: {causes[0]['message']}: {causes[0]['field']}"
    else:
        groups = [
            "\n".join([f"conflicts with {c.manager()}:", *(f"- {path}" for path in fields)])
            for c, fields in listed
        ]
        text = f"{len(causes)} conflicts: " + "\n".join(groups)
    return ApiError(409, "Conflict", f"Apply failed with {text}", {"causes": causes})
