"""Go's regular expressions, as schemas have them, in Python."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_GO_CLASSES: Final = {
    "[:alnum:]": "0-9A-Za-z",
    "[:alpha:]": "A-Za-z",
    "[:digit:]": "0-9",
    "[:lower:]": "a-z",
    "[:space:]": r"\s",
    "[:upper:]": "A-Z",
    "[:word:]": r"\w",
    "[:xdigit:]": "0-9A-Fa-f",
}


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    for name, characters in _GO_CLASSES.items():
        pattern = pattern.replace(name, characters)
    try:
        return re.compile(_end_of_text(pattern), re.ASCII)
    except re.error:
        return None


_TOKEN: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$")


def _end_of_text(pattern: str) -> str:
    r"""Go's `$` and `\z` are the very end; Python's `$` also matches before a final line break."""
    return _TOKEN.sub(lambda token: r"\Z" if token[0] in ("$", r"\z") else token[0], pattern)


def matches(pattern: str, text: str) -> bool:
    """Whether a Go pattern is found in the text; one that Python cannot read is found everywhere."""
    compiled = _compiled(pattern)
    return compiled is None or compiled.search(text) is not None


def is_readable(pattern: str) -> bool:
    """Whether a pattern is a regular expression at all."""
    return _compiled(pattern) is not None
