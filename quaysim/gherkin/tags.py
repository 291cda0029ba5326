"""Tags of features and scenarios, as pytest marks.

| tag | mark | says |
| --- | --- | --- |
| `@section:3.4` | `section("3.4")` | the section of the documentation that a feature or scenario is about |
| `@behaviour:tls.separate-from-route` | `behaviour("tls.separate-from-route")` | the catalogue entry that it proves |
| `@needs:route-api` | `needs("route-api")` | a capability that the target must have |
| `@documentation-differs` | `documentation_differs` | the real operator does not do what the documentation says |

Any other tag is an error: a misspelt tag would be a scenario that runs where it cannot, or that covers
nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

WITH_VALUE = {
    "section": "section(number): section of the documentation that a scenario is about",
    "behaviour": "behaviour(id): entry of the catalogue that a scenario proves",
    "needs": "needs(capability): what a target must have to run a scenario",
}
PLAIN = {
    "documentation-differs": (
        "documentation_differs: the real operator does not do here what the documentation says"
    ),
}
MARKERS = (*WITH_VALUE.values(), *PLAIN.values())
"""Lines for pytest's registry of markers."""


class UnknownTagError(ValueError):
    """A tag that means nothing."""

    def __init__(self, tag: str) -> None:
        known = ", ".join([*(f"@{name}:…" for name in WITH_VALUE), *(f"@{name}" for name in PLAIN)])
        super().__init__(f"@{tag} is not a tag of this suite; there are {known}")


def mark_of(tag: str) -> pytest.MarkDecorator:
    """The mark for a tag (without its `@`); raises UnknownTagError."""
    name, colon, value = tag.partition(":")
    if name in WITH_VALUE and value:
        return getattr(pytest.mark, name)(value)  # type: ignore[no-any-return]
    if name in PLAIN and not colon:
        return getattr(pytest.mark, name.replace("-", "_"))  # type: ignore[no-any-return]
    raise UnknownTagError(tag)


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_apply_tag(tag: str, function: Callable[..., object]) -> bool:
    """Put the mark of a tag on a scenario's function."""
    mark_of(tag)(function)
    return True
