"""What names, labels and keys may look like, in the words of the real server.

Source: k8s.io/apimachinery util/validation; the texts are part of the API's behaviour.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_DNS_1035 = r"[a-z]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_VALUE = rf"({_QUALIFIED})?"
_CONFIG_KEY = r"[-._a-zA-Z0-9]+"
_ENV = r"[ -<>-~]+"

NameCheck = Callable[[str], list[str]]
"""What is wrong with a name: a text for each rule that it breaks."""


def _matching(pattern: str, limit: int, rule: str, *examples: str) -> NameCheck:
    compiled = re.compile(pattern)
    text = f"{rule} ({_eg(examples)}regex used for validation is '{pattern}')"

    @lru_cache(maxsize=4096)
    def check(value: str) -> list[str]:
        wrong = [] if len(value) <= limit else [f"must be no more than {limit} characters"]
        return wrong if compiled.fullmatch(value) else [*wrong, text]

    return check


def _eg(examples: tuple[str, ...]) -> str:
    return "e.g. " + ",  or ".join(f"'{example}'" for example in examples) + ", "


dns_1123_label = _matching(
    _LABEL,
    63,
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
    "and end with an alphanumeric character",
    "my-name",
    "123-abc",
)
dns_1123_subdomain = _matching(
    _SUBDOMAIN,
    253,
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
    "must start and end with an alphanumeric character",
    "example.com",
)
dns_1035_label = _matching(
    _DNS_1035,
    63,
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
    "character, and end with an alphanumeric character",
    "my-name",
    "abc-123",
)
label_value = _matching(
    _VALUE,
    63,
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
    "start and end with an alphanumeric character",
    "MyValue",
    "my_value",
    "12345",
)
_name_part = _matching(
    _QUALIFIED,
    63,
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character",
    "MyName",
    "my.name",
    "123-abc",
)
_whole_name = (
    "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with "
    f"an alphanumeric character ({_eg(('MyName', 'my.name', '123-abc'))}regex used for validation is "
    f"'{_QUALIFIED}') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
)
config_key = _matching(
    _CONFIG_KEY,
    253,
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    "key.name",
    "KEY_NAME",
    "key-name",
)
env_name = _matching(
    _ENV,
    32_768,
    "a valid environment variable name must consist only of printable ASCII characters other than '='",
    "my.env-name",
)


@lru_cache(maxsize=4096)
def qualified_name(value: str) -> list[str]:
    """A label key, annotation key, taint key or finalizer: a name with an optional prefix."""
    prefix, slash, name = value.rpartition("/")
    if "/" in prefix:
        return [_whole_name]
    wrong: list[str] = []
    if slash:
        wrong += ["prefix part must be non-empty"] if not prefix else _prefixed(dns_1123_subdomain(prefix))
    return [*wrong, *(["name part must be non-empty"] if not name else []), *_name_part(name)]


def _prefixed(texts: list[str]) -> list[str]:
    return [f"prefix part {text}" for text in texts]


def path_segment(value: str) -> list[str]:
    """Names of roles and bindings: anything that can stand in a path."""
    if value in {".", ".."}:
        return [f"may not be '{value}'"]
    return [f"may not contain '{char}'" for char in "/%" if char in value]


def port_name(value: str) -> list[str]:
    """Names of ports in a container or Service (IANA_SVC_NAME)."""
    wrong: list[str] = []
    if len(value) > 15:
        wrong.append("must be no more than 15 characters")
    if not re.fullmatch(r"[-a-z0-9]+", value):
        wrong.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search(r"[a-z]", value):
        wrong.append("must contain at least one letter (a-z)")
    if "--" in value:
        wrong.append("must not contain consecutive hyphens")
    if value.startswith("-") or value.endswith("-"):
        wrong.append("must not begin or end with a hyphen")
    return wrong


def port_number(value: object) -> list[str]:
    """Ports lie between 1 and 65535."""
    good = isinstance(value, int) and 1 <= value <= 65_535
    return [] if good else ["must be between 1 and 65535, inclusive"]


def config_map_key(value: str) -> list[str]:
    """Keys of ConfigMaps and Secrets."""
    if value == ".":
        return ["must not be '.'"]
    if value == "..":
        return ["must not be '..'"]
    if value.startswith(".."):
        return ["must not start with '..'"]
    return config_key(value)
