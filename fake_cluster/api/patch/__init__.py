"""What the three kinds of patch do to an object; server-side apply has a package of its own.

A patch is a pure function: it takes the object as it is read, and what the client sent, and returns
the object as it shall be. The result may share parts with both, and neither is changed, so whoever
wants to write into the result decodes it first. What the real server refuses is an `ApiError`.

- `json_patch`: a list of operations (RFC 6902), `application/json-patch+json`
- `merge_patch`: a partial object, null removes (RFC 7386), `application/merge-patch+json`
- `strategic_merge_patch`: a partial object that knows the merge keys of lists,
  `application/strategic-merge-patch+json`; for built-in kinds only
"""

from __future__ import annotations

from fake_cluster.api.patch.json_patch import json_patch
from fake_cluster.api.patch.merge_patch import merge_patch
from fake_cluster.api.patch.strategic import strategic_merge_patch

__all__ = ["json_patch", "merge_patch", "strategic_merge_patch"]
