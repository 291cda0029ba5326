"""String formats that a schema may ask for. Unknown formats are no restriction.

Source: the formats that CustomResourceDefinitions support (documentation of JSONSchemaProps.format).
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlsplit

Check = Callable[[str], bool]


def _parses(parse: Callable[[str], Any]) -> Check:
    def check(value: str) -> bool:
        try:
            parse(value)
        except (ValueError, binascii.Error):
            return False
        return True

    return check


def _matches(pattern: str) -> Check:
    compiled = re.compile(pattern)

    def check(value: str) -> bool:
        return compiled.fullmatch(value) is not None

    return check


_date_time_form = _matches(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)")


def _date_time(value: str) -> bool:
    return _date_time_form(value) and _parses(datetime.fromisoformat)(value.upper().replace(" ", "T"))


def _uri(value: str) -> bool:
    parts = urlsplit(value)
    return bool(parts.scheme or parts.path.startswith("/")) and " " not in value


def _cidr(value: str) -> bool:
    return "/" in value and _parses(lambda text: ipaddress.ip_network(text, strict=False))(value)


FORMATS: Final[dict[str, Check]] = {
    "byte": _parses(lambda text: base64.b64decode(text, validate=True)),
    "cidr": _cidr,
    "date": _parses(date.fromisoformat),
    "date-time": _date_time,
    "duration": _matches(
        r"-?((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h|d|w))+|0|\d+ (second|minute|hour|day|week)s?"
    ),
    "email": _matches(r"[^@\s<>]+@[^@\s<>]+"),
    "hostname": _matches(r"(?=.{1,253}\.?)[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\.[A-Za-z0-9-]{1,63})*\.?"),
    "ipv4": _parses(ipaddress.IPv4Address),
    "ipv6": _parses(ipaddress.IPv6Address),
    "mac": _matches(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}"),
    "uri": _uri,
    "uuid": _parses(uuid.UUID),
}
