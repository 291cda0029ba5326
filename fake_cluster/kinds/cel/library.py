"""The functions that Kubernetes adds to the Common Expression Language, a sensible part of them.

Values of types that the engine does not know, such as quantities, are objects with one field that names the
type. Source: documentation "Common Expression Language in Kubernetes", Kubernetes CEL libraries.
"""

from __future__ import annotations

import ipaddress
import itertools
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from fake_cluster.kinds.custom.formats import FORMATS
from fake_cluster.kinds.quantities import QuantityError, amount, canonical
from fake_cluster.kinds.validation import names

Value = dict[str, Any]
_QUANTITY, _URL, _IP, _CIDR, _FORMAT = "@quantity", "@url", "@ip", "@cidr", "@format"


def _can(make: Callable[[str], Any]) -> Callable[[str], bool]:
    """Whether a text can be made into something."""

    def check(text: str) -> bool:
        try:
            make(text)
        except ValueError:
            return False
        return True

    return check


# --- lists and strings --------------------------------------------------------------------------------


def _is_sorted(items: list[Any]) -> bool:
    return all(left <= right for left, right in itertools.pairwise(items))


def _sum(items: list[Any]) -> Any:
    return sum(items[1:], items[0]) if items else 0


def _index_of(where: Any, what: Any, start: int = 0) -> int:
    if isinstance(where, str):
        return where.find(what, start)
    return next((index for index, item in enumerate(where) if item == what), -1)


def _last_index_of(where: Any, what: Any, end: int | None = None) -> int:
    if isinstance(where, str):
        return where.rfind(what, 0, None if end is None else end + len(what))
    return next((index for index in reversed(range(len(where))) if where[index] == what), -1)


def _replace(text: str, old: str, new: str, most: int = -1) -> str:
    return text.replace(old, new, most)


def _split(text: str, separator: str, most: int = -1) -> list[str]:
    if most == 0:
        return []
    parts = list(text) if not separator else text.split(separator)
    return (
        parts if most < 0 or len(parts) <= most else [*parts[: most - 1], separator.join(parts[most - 1 :])]
    )


def _find(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    return found[0] if found else ""


def _find_all(text: str, pattern: str, most: int = -1) -> list[str]:
    found = [match[0] for match in re.finditer(pattern, text)]
    return found if most < 0 else found[:most]


_VERBS: Final[dict[str, Callable[[Any, str], str]]] = {
    "s": lambda value, _: str(value).lower() if isinstance(value, bool) else str(value),
    "d": lambda value, _: str(int(value)),
    "f": lambda value, digits: f"{value:.{digits or 6}f}",
    "e": lambda value, digits: f"{value:.{digits or 6}e}",
    "x": lambda value, _: f"{value:x}" if isinstance(value, int) else str(value).encode().hex(),
    "b": lambda value, _: f"{int(value):b}",
    "o": lambda value, _: f"{value:o}",
}


def _format(template: str, values: list[Any]) -> str:
    left = iter(values)

    def filled(match: re.Match[str]) -> str:
        return "%" if match[2] == "%" else _VERBS[match[2]](next(left), match[1] or "")

    return re.sub(r"%(?:\.(\d+))?([sdfexbo%])", filled, template)


# --- URLs ---------------------------------------------------------------------------------------------


def _url(text: str) -> Value:
    parts = urlsplit(text)
    if not (parts.scheme or text.startswith("/")) or re.search(r"[\s<>]", text):
        raise ValueError(f"URL parse error during conversion from string: {text}")
    _ = parts.port  # refuses ports that are no numbers
    return {_URL: text}


def _port(url: Value) -> str:
    port = urlsplit(url[_URL]).port
    return "" if port is None else str(port)


# --- quantities ---------------------------------------------------------------------------------------


def _quantity(text: str) -> Value:
    try:
        return {_QUANTITY: canonical(text)}
    except QuantityError as error:
        raise ValueError(str(error)) from None


def _value(quantity: Any) -> Fraction:
    return Fraction(quantity) if isinstance(quantity, int) else amount(quantity[_QUANTITY])


def _from_value(value: Fraction, like: Value) -> Value:
    binary = "i" in like[_QUANTITY] and value.denominator == 1
    if binary and value % 1024 == 0:
        return _quantity(f"{value.numerator // 1024}Ki")
    return _quantity(str(value.numerator) if value.denominator == 1 else f"{value * 10**9}n")


def _compare(left: Value, right: Any) -> int:
    return (_value(left) > _value(right)) - (_value(left) < _value(right))


def _as_integer(quantity: Value) -> int:
    value = _value(quantity)
    if value.denominator != 1:
        raise ValueError("cannot convert value to integer")
    return value.numerator


# --- addresses ----------------------------------------------------------------------------------------


def _ip(given: Any) -> Value:
    if isinstance(given, dict):
        return {_IP: given[_CIDR].partition("/")[0]}
    return {_IP: str(ipaddress.ip_address(given))}


def _address(value: Any) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(value[_IP] if isinstance(value, dict) else value)


def _cidr(text: str) -> Value:
    if "/" not in text:
        raise ValueError("network address parse error during conversion from string")
    ipaddress.ip_network(text, strict=False)
    return {_CIDR: text}


def _network(value: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(value[_CIDR] if isinstance(value, dict) else value, strict=False)


def _contains_network(outer: Value, inner: Any) -> bool:
    one, other = _network(outer), _network(inner)
    return one.version == other.version and other.subnet_of(one)  # type: ignore[arg-type] # of one version


def _masked(value: Value) -> Value:
    return {_CIDR: str(_network(value))}


# --- named formats ------------------------------------------------------------------------------------

_FORMATS: Final[dict[str, Callable[[str], list[str]]]] = {
    "dns1123Label": names.dns_1123_label,
    "dns1123Subdomain": names.dns_1123_subdomain,
    "dns1035Label": names.dns_1035_label,
    "qualifiedName": names.qualified_name,
    "labelValue": names.label_value,
}


def _named(name: str) -> Value:
    return {_FORMAT: name}


def _validate(form: Value, text: str) -> Any:
    """Nothing, or a list of what is wrong, as an optional."""
    import cel  # noqa: PLC0415 - only who has expressions pays for the engine

    check = _FORMATS.get(form[_FORMAT])
    if check is None:
        known = FORMATS.get(form[_FORMAT])
        good = known is None or known(text)
        wrong = [] if good else [f"must be of type {form[_FORMAT]}"]
    else:
        wrong = check(text)
    optional: Any = cel.OptionalValue
    return optional.of(wrong) if wrong else optional.none()


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "isSorted": _is_sorted,
    "sum": _sum,
    "min": min,
    "max": max,
    "indexOf": _index_of,
    "lastIndexOf": _last_index_of,
    "replace": _replace,
    "split": _split,
    "find": _find,
    "findAll": _find_all,
    "format": _format,
    "isURL": _can(_url),
    "url": _url,
    "getScheme": lambda url: urlsplit(url[_URL]).scheme,
    "getHost": lambda url: urlsplit(url[_URL]).netloc.rpartition("@")[2],
    "getHostname": lambda url: urlsplit(url[_URL]).hostname or "",
    "getPort": _port,
    "getEscapedPath": lambda url: urlsplit(url[_URL]).path,
    "getQuery": lambda url: parse_qs(urlsplit(url[_URL]).query, keep_blank_values=True),
    "isQuantity": _can(_quantity),
    "quantity": _quantity,
    "isInteger": lambda quantity: _value(quantity).denominator == 1,
    "asInteger": _as_integer,
    "asApproximateFloat": lambda quantity: float(_value(quantity)),
    "sign": lambda quantity: _compare(quantity, 0),
    "add": lambda left, right: _from_value(_value(left) + _value(right), left),
    "sub": lambda left, right: _from_value(_value(left) - _value(right), left),
    "isLessThan": lambda left, right: _compare(left, right) < 0,
    "isGreaterThan": lambda left, right: _compare(left, right) > 0,
    "compareTo": _compare,
    "isIP": _can(ipaddress.ip_address),
    "ip": _ip,
    "ip.isCanonical": lambda text: str(ipaddress.ip_address(text)) == text,
    "family": lambda value: _address(value).version,
    "isLoopback": lambda value: _address(value).is_loopback,
    "isUnspecified": lambda value: _address(value).is_unspecified,
    "isLinkLocalUnicast": lambda value: _address(value).is_link_local,
    "isGlobalUnicast": lambda value: (
        not (
            _address(value).is_multicast
            or _address(value).is_loopback
            or _address(value).is_unspecified
            or _address(value).is_link_local
        )
    ),
    "isCIDR": _can(_cidr),
    "cidr": _cidr,
    "containsIP": lambda network, address: _address(address) in _network(network),
    "containsCIDR": _contains_network,
    "masked": _masked,
    "prefixLength": lambda network: _network(network).prefixlen,
    "format.named": _named,
    "validate": _validate,
}
"""By name; a namespace is part of it."""
