"""Nothing secret leaves a run: not the data of Secrets, not tokens, passwords or private keys.

Three nets, one behind the other: objects by their structure (the data of a Secret, fields and environment
variables that are called like a secret), texts by their patterns (PEM blocks, tokens, passwords in URIs, words
like `password: …`), and texts by values that were seen to be secret in this run, wherever they appear.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

REDACTED = "<redacted>"
SHORTEST = 6
"""Values shorter than this are not looked for in texts: they would be found everywhere."""
TELLING = 12
"""Values from this length on are looked for inside of words, too."""

_ENDINGS = (
    "password", "passwd", "passphrase", "pw", "psk", "token", "secret", "secretkey", "privatekey", "apikey",
    "accesskey", "accesskeyid", "secretaccesskey", "credential", "credentials", "authorization", "tlskey",
    "sslkey", "keydata", "cookie", "dockerconfigjson",
)  # fmt: skip
_NAMES_OF_SECRETS = frozenset({"configbundlesecret", "configeditorcredentialssecret", "imagepullsecret"})
_PLAIN = re.compile(r"[^a-z0-9]+")
_NAMED = re.compile(
    r"(?<![\w/])([\w.-]+)(\\?[\"']?\s*[:=]\s*)(?!<redacted>|[{\[|>&]|null\b|true\b|false\b|\d+ )"
    r"(\\?\"(?:[^\"\\]|\\[^\"])*\\?\"|'[^']*'|[^\s,;&\"'}\])]+)"
)
"""A name, what divides it from its value, and the value: `password: …`, `token=…`, `"secret": "…"`."""
_PATTERNS = (
    (re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?(?:-----END \1-----|\Z)", re.DOTALL), REDACTED),
    (re.compile(r"LS0tLS1CRUdJT[A-Za-z0-9+/=]{20,}"), REDACTED),
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*"), REDACTED),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {REDACTED}"),
    (re.compile(r"(://[^/\s:@\"']*:)[^@\s/\"']+@"), rf"\1{REDACTED}@"),
    (re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"), REDACTED),
)


def is_secret(name: str) -> bool:
    """Whether a field of this name holds a secret itself (not the name of a Secret)."""
    plain = _PLAIN.sub("", name.lower())
    return plain.endswith(_ENDINGS) and plain not in _NAMES_OF_SECRETS


class Redactor:
    """Takes what is secret out of texts and objects, and learns on the way what is."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def learn(self, value: str) -> None:
        """From now on this value is a secret, as it is and in base64."""
        plain = value.strip()
        if len(plain) < SHORTEST or plain == REDACTED or plain in self._known:
            return
        self._known |= {plain, b64encode(value.encode()).decode(), b64encode(plain.encode()).decode()}
        self._pattern = None

    def learn_from(self, obj: Any) -> None:
        """Learn what is secret in a Secret, or in a list of them."""
        for secret in _secrets_in(obj):
            for key, value in _data_of(secret):
                for found in secret_values(key, value):
                    self.learn(found)

    def text(self, text: str) -> str:
        """A text without what is secret."""
        if self._known:
            if self._pattern is None:
                longest_first = sorted(self._known, key=len, reverse=True)
                self._pattern = re.compile("|".join(map(_anywhere, longest_first)))
            text = self._pattern.sub(REDACTED, text)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return _NAMED.sub(_without_value, text)

    def tree(self, value: Any) -> Any:
        """A copy of JSON data without what is secret."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.tree(item) for item in value]
        if isinstance(value, Mapping):
            return self._mapping(value)
        return value

    def _mapping(self, value: Mapping[str, Any]) -> dict[str, Any]:
        if value.get("kind") == "Secret" or value.get("kind") == "SecretList":
            return {key: self._part_of_secret(key, item) for key, item in value.items()}
        if isinstance(value.get("name"), str) and is_secret(value["name"]) and "value" in value:
            value = {**value, "value": REDACTED}
        return {
            key: REDACTED if isinstance(item, str) and item and is_secret(key) else self.tree(item)
            for key, item in value.items()
        }

    def _part_of_secret(self, key: str, item: Any) -> Any:
        if key in ("data", "stringData"):
            return dict.fromkeys(item, REDACTED) if isinstance(item, Mapping) else REDACTED
        if key == "items" and isinstance(item, list):
            return [self.tree({"kind": "Secret", **entry}) for entry in item]
        if key == "metadata" and isinstance(item, Mapping):
            return {name: part for name, part in self.tree(item).items() if name != "annotations"}
        return self.tree(item)


def _anywhere(value: str) -> str:
    """A pattern for a value; a short one may be a word, which is no secret as a part of a name."""
    found = re.escape(value)
    return found if len(value) >= TELLING else rf"(?<![\w.-]){found}(?![\w-])"


def _without_value(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}{REDACTED}" if is_secret(found[1]) else found[0]


def secret_values(key: str, text: str) -> Iterator[str]:
    """The secrets in one value of a Secret: the value itself, or the fields of the YAML that it is."""
    if is_secret(key) or "PRIVATE KEY" in text:
        yield text
    if "\n" in text or text.startswith("{"):
        try:
            yield from _leaves(yaml.load(text, Loader=yaml.CSafeLoader))
        except yaml.YAMLError:
            return
    yield from re.findall(r"://[^/\s:@]*:([^@\s/]+)@", text)


def _leaves(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, str(key))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, name)
    elif isinstance(value, str) and is_secret(name):
        yield value


def _secrets_in(obj: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(obj, Mapping):
        return
    if obj.get("kind") == "SecretList":
        yield from (item for item in obj.get("items") or () if isinstance(item, Mapping))
    elif obj.get("kind") == "Secret":
        yield obj


def _data_of(secret: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in (secret.get("stringData") or {}).items():
        yield key, str(value)
    for key, value in (secret.get("data") or {}).items():
        try:
            yield key, b64decode(value or "").decode()
        except (TypeError, ValueError):
            continue
