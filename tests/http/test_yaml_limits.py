from __future__ import annotations

import pytest
import yaml

from fake_cluster.yaml_limits import MAX_DEPTH, check_depth


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "{a: " * 10_000, "? " * 10_000])
def test_yaml_that_would_end_the_process_is_refused(text: str) -> None:
    with pytest.raises(yaml.YAMLError, match="nested too deeply"):
        check_depth(text)


def test_yaml_of_ordinary_depth_passes() -> None:
    check_depth("[" * (MAX_DEPTH - 1) + "x" + "]" * (MAX_DEPTH - 1))
