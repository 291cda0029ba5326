"""HTML from Python: every text is escaped unless it has been made here."""

from __future__ import annotations

from html import escape

_EMPTY = frozenset({"meta", "input", "br"})


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


Content = str | Html | None


def join(*parts: Content) -> Html:
    """Parts one after the other; None is nothing."""
    return Html("".join(_safe(part) for part in parts if part))


def el(name: str, /, *content: Content, **attributes: str) -> Html:
    """An element. `class_` is the attribute `class`; `_` in names of attributes is `-`."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items()
    )
    if name in _EMPTY:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{join(*content)}</{name}>")


def _safe(part: str) -> str:
    return part if isinstance(part, Html) else escape(part, quote=False)
