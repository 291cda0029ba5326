"""Expressions: compiled once, evaluated with the functions that Kubernetes adds to the language.

Source: documentation "Common Expression Language in Kubernetes".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import cel
from cel.stdlib import STDLIB_FUNCTIONS

from fake_cluster.kinds.cel.library import FUNCTIONS

_NATIVE = frozenset(
    [
        "size",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "int",
        "uint",
        "double",
        "string",
        "bytes",
        "bool",
        "timestamp",
        "duration",
        "type",
        "dyn",
        "has",
        "hasValue",
        "value",
        "orValue",
        "or",
        "optional.none",
        "optional.of",
        "optional.ofNonZeroValue",
        "getFullYear",
        "getMonth",
        "getDate",
        "getDayOfMonth",
        "getDayOfWeek",
        "getDayOfYear",
        "getHours",
        "getMinutes",
        "getSeconds",
        "getMilliseconds",
        "none",
        "of",
        "ofNonZeroValue",
        "optMap",
    ]
)
_TYPES = frozenset(
    [
        "int",
        "uint",
        "double",
        "string",
        "bytes",
        "bool",
        "list",
        "map",
        "null_type",
        "type",
        "timestamp",
        "duration",
        "optional",
        "math",
        "sets",
        "base64",
        "strings",
        "lists",
        "ip",
        "cidr",
        "format",
        "google",
    ]
)


class ExpressionError(Exception):
    """An expression cannot be compiled, or cannot be evaluated; the text says why."""


class _Environment:
    """The functions, and the variables of the evaluation that is under way."""

    def __init__(self) -> None:
        self.variables: Mapping[str, Any] = {}
        self.context = cel.Context(functions={**STDLIB_FUNCTIONS, **FUNCTIONS})
        self.context.set_variable_resolver(self._variable)

    def _variable(self, name: str) -> Any:
        return self.variables.get(name)


@cache
def _environment() -> _Environment:
    return _Environment()


class Expression:
    """One compiled expression."""

    def __init__(self, program: cel.Program) -> None:
        self._program = program
        self._variables = frozenset(program.variables())

    def uses(self, variable: str) -> bool:
        """Whether a variable occurs in it."""
        return variable in self._variables

    def evaluate(self, variables: Mapping[str, Any]) -> Any:
        """Its value; ExpressionError for whatever goes wrong."""
        environment = _environment()
        environment.variables = variables
        try:
            return self._program.execute(environment.context)
        except KeyError as error:
            raise ExpressionError(f"no such key: {error.args[0]}") from None
        except IndexError as error:
            raise ExpressionError(f"index out of bounds: {str(error).rpartition(' ')[2]}") from None
        except ZeroDivisionError:
            raise ExpressionError("division by zero") from None
        except TypeError:
            raise ExpressionError("no such overload") from None
        except (ValueError, RuntimeError, OverflowError) as error:
            raise ExpressionError(str(error).partition(". Check ")[0]) from None


@lru_cache(maxsize=4096)
def compiled(text: str, variables: frozenset[str]) -> Expression:
    """An expression that may use these variables; ExpressionError if it cannot be understood."""
    try:
        program = cel.compile(text)
    except (ValueError, RuntimeError, TypeError) as error:
        lines = str(error).partition(": ")[2] or str(error)
        raise ExpressionError(lines) from None
    known = FUNCTIONS.keys() | STDLIB_FUNCTIONS.keys() | _NATIVE
    last = {name.rpartition(".")[2] for name in known}
    for name in program.functions():
        if name.isidentifier() and name not in known and name not in last:
            raise ExpressionError(f"ERROR: <input>:1:1: undeclared reference to '{name}' (in container '')")
    _check_variables(text, program, variables)
    return Expression(program)


def _check_variables(text: str, program: cel.Program, variables: frozenset[str]) -> None:
    """Names that nothing in the expression can bind, and that nobody gives it."""
    for name in program.variables():
        bound = (
            name in variables
            or name in _TYPES
            or name.startswith("@")
            or f"({name}," in text.replace(" ", "")
        )
        if not bound:
            raise ExpressionError(f"ERROR: <input>:1:1: undeclared reference to '{name}' (in container '')")
