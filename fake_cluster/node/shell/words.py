"""A line of shell into pipelines of words: quotes, variables, and the operators between commands.

What is understood is small: `;`, `&&`, `||`, `|`, `>`, `>>`, `<`, `2>&1`, `>&2`, quotes, `$NAME` and `${NAME}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""(?P<space>[ \t]+|\#[^\n]*)
      | (?P<operator>2>&1|1?>&2|2>/dev/null|&&|\|\||>>|[;|<>\n&])
      | (?P<word>(?:'[^']*' | "(?:\\.|[^"\\])*" | \\. | [^\s'"\\;|<>&])+)""",
    re.VERBOSE | re.DOTALL,
)
_PART = re.compile(r"""'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^'"\\]+)""", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+|[?$]))")
_ESCAPED = re.compile(r'\\([$`"\\\n])')
_ENDS = frozenset({";", "\n", "&", "&&", "||", "|"})


class SyntaxFault(ValueError):  # noqa: N818 - the word of shells: it is a fault of the line's
    """The line cannot be understood."""


@dataclass
class Step:
    """One command with its redirections; `joint` is the operator behind it."""

    words: list[str] = field(default_factory=list)
    joint: str = ";"
    source: str = ""
    target: str = ""
    appends: bool = False
    merges: bool = False
    complains: bool = False
    discards: bool = False


def steps(text: str) -> Iterator[Step]:
    """The commands of a line in their order; their words are still to be expanded."""
    step, pending = Step(), ""
    for kind, token in _tokens(text):
        if kind == "word":
            pending = _place(step, token, pending)
        elif pending:
            raise SyntaxFault(f'syntax error: unexpected "{token.strip() or "newline"}"')
        elif token in _ENDS:
            step.joint = token
            if step.words or step.target:
                yield step
            step = Step()
        else:
            pending = _operate(step, token)
    if pending:
        raise SyntaxFault("syntax error: unexpected end of file")
    if step.words or step.target:
        yield step


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise SyntaxFault("syntax error: unterminated quoted string")
        position = found.end()
        if found.lastgroup and found.lastgroup != "space":
            yield found.lastgroup, found[0]


def _place(step: Step, token: str, pending: str) -> str:
    """Put a word where the operator before it wants it."""
    if pending == "<":
        step.source = token
    elif pending:
        step.target, step.appends = token, pending == ">>"
    else:
        step.words.append(token)
    return ""


def _operate(step: Step, operator: str) -> str:
    """An operator in a command: what waits for the next word."""
    step.merges |= operator == "2>&1"
    step.complains |= operator.endswith(">&2")
    step.discards |= operator == "2>/dev/null"
    return operator if operator in ("<", ">", ">>") else ""


def expanded(token: str, variables: Mapping[str, str]) -> str:
    """A word without its quotes, with its variables in place."""
    return "".join(_part(found, variables) for found in _PART.finditer(token))


def _part(found: re.Match[str], variables: Mapping[str, str]) -> str:
    single, double, escaped, plain = found.groups()
    if single is not None:
        return str(single)
    if double is not None:
        return _ESCAPED.sub(r"\1", _with_variables(double, variables))
    return str(escaped) if escaped is not None else _with_variables(plain, variables)


def _with_variables(text: str, variables: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda name: variables.get(name[1] or name[2], ""), text)
