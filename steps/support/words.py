"""Reading lists and tables of sentences."""

from __future__ import annotations


def listed(text: str) -> list[str]:
    """`a, b and c` as a list."""
    return text.replace(" and ", ", ").split(", ")


def column(table: list[list[str]]) -> list[str]:
    """A table of one column as a list."""
    return [row[0] for row in table]


def records(table: list[list[str]]) -> list[dict[str, str]]:
    """A table with a heading as one dict for each row."""
    heading, *rows = table
    return [dict(zip(heading, row, strict=True)) for row in rows]
