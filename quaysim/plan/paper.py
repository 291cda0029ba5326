"""Lines of text with styles, and how they come onto a terminal or into a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TextIO

Span = tuple[str, str]
"""A text and its style; the empty style is plain."""
Line = tuple[Span, ...]

OK, BAD, CARE, QUIET, STRONG, GOOD_NEWS, BAD_NEWS = "ok", "bad", "care", "quiet", "strong", "good", "failed"
_CODES = {OK: "32", BAD: "31", CARE: "33", QUIET: "2", STRONG: "1", GOOD_NEWS: "1;32", BAD_NEWS: "1;31"}
LABEL = 16
EMPTY: Line = ()


def line(*spans: str | Span) -> Line:
    """A line of texts, each plain or with its style."""
    return tuple((span, "") if isinstance(span, str) else span for span in spans)


def heading(text: str) -> tuple[Line, Line]:
    """What begins a part, with the empty line before it."""
    return EMPTY, line((text, STRONG))


def labelled(label: str, text: str, indent: int = 2) -> Line:
    """What a value is called, and the value."""
    return line(" " * indent, (f"{label:<{LABEL}}", QUIET), text)


def print_lines(lines: Iterable[Line], stream: TextIO | None = None) -> None:
    """Write lines, in colours if the stream is a terminal that has them."""
    out = stream or sys.stdout
    coloured = has_colours(out)
    for one in lines:
        out.write("".join(_coloured(*span) if coloured else span[0] for span in one).rstrip() + "\n")


def has_colours(stream: TextIO) -> bool:
    """Whether a stream is a terminal that shows colours, and nobody has asked for none (NO_COLOR)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _coloured(text: str, style: str) -> str:
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if style and text else text
