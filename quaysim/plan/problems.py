"""What is wrong with input that cannot be read: one sentence that names the file, the line and the field."""

from __future__ import annotations


class UnreadableInput(Exception):  # noqa: N818 - it names what the user gave, not what we did wrong
    """Input that cannot be read. Renders as `FILE:LINE: FIELD: what is wrong`; parts that are not known are left out."""

    def __init__(self, message: str, *, file: str = "", line: int = 0, field: str = "") -> None:
        super().__init__(message)
        self.message = " ".join(message.split())
        self.file = file
        self.line = line
        self.field = field

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        return ": ".join(part for part in (place, self.field, self.message) if part)
