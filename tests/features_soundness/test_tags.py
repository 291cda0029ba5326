"""Tags become marks, and misspelt ones are errors."""

from __future__ import annotations

import pytest

from quaysim.gherkin.tags import UnknownTagError, mark_of


@pytest.mark.parametrize(
    ("tag", "name", "args"),
    [
        ("section:3.4", "section", ("3.4",)),
        ("behaviour:tls.separate-from-route", "behaviour", ("tls.separate-from-route",)),
        ("needs:route-api", "needs", ("route-api",)),
        ("documentation-differs", "documentation_differs", ()),
    ],
)
def test_a_tag_is_a_mark(tag: str, name: str, args: tuple[str, ...]) -> None:
    mark = mark_of(tag)
    assert (mark.name, mark.args) == (name, args)


@pytest.mark.parametrize("tag", ["slow", "section:", "behavior:x.y", "documentation-differs:3.4"])
def test_a_misspelt_tag_is_an_error_that_names_the_right_ones(tag: str) -> None:
    with pytest.raises(UnknownTagError, match=rf"@{tag} is not a tag .* @behaviour:…"):
        mark_of(tag)
