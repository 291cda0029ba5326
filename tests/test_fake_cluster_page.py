"""Every example of the fake cluster's page runs as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import fake_cluster

PAGE = Path(fake_cluster.__file__).with_name("README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)

pytest_plugins = ["pytester"]


def test_every_example_of_the_page_runs(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(**{f"test_example_{number}": text for number, text in enumerate(EXAMPLES)})

    outcome = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    assert len(EXAMPLES) >= 5
    outcome.assert_outcomes(passed=len(EXAMPLES))
