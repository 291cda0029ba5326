"""What two sets of objects differ in, such as a recording of a real cluster and its simulation.

What chance or the cluster decides is left out of account: uids, versions, times, generated names,
passwords and certificates. They are only asked to be used alike on both sides.
"""

from __future__ import annotations

from quaysim.diff.comparison import Comparison, compare
from quaysim.diff.reading import ObjectSet, UnreadableSet, read_set
from quaysim.diff.report import as_json, as_text

__all__ = ["Comparison", "ObjectSet", "UnreadableSet", "as_json", "as_text", "compare", "read_set"]
