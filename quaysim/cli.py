"""The command line: `quaysim plan`, `serve`, `operator`, `cleanup`, `diff`, `report` and `coverage`.

Each command lives in a module of `quaysim.commands`, which is imported when the command is run, or when all
are listed; and each imports what it needs when it runs. So nobody waits for the parts of the others.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from importlib import import_module

import typer

from quaysim.commands import CommandError

COMMANDS = {
    "plan": "What would become of a registry.",
    "serve": "The simulated cluster over HTTP(S), for kubectl.",
    "operator": "The simulated operator against an API server.",
    "cleanup": "Remove what an interrupted run has left in a cluster.",
    "diff": "What two sets of objects differ in.",
    "report": "What changed from one run to the next.",
    "coverage": "Which documented behaviours have scenarios.",
}
"""The commands and what they are good for. The module of each has a `command`, or an `app` with several."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; what is wrong with it is one line on stderr."""
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    app = _app(given[:1] if given[0] in COMMANDS else COMMANDS)
    try:
        return int(app(args=given, prog_name="quaysim", standalone_mode=False) or 0)
    except CommandError as error:
        return _failed(str(error), error.exit_code)
    except typer.TyperException as error:
        return _failed(error.format_message(), error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has left; there is nobody to tell
        return 141


def _app(names: Iterable[str]) -> typer.Typer:
    """The command line with these commands."""
    app = typer.Typer(
        name="quaysim",
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_group)
    for name in names:
        module = import_module(f"quaysim.commands.{name}")
        if hasattr(module, "app"):
            app.add_typer(module.app, name=name, short_help=COMMANDS[name])
        else:
            app.command(name, short_help=COMMANDS[name])(module.command)
    return app


def _group() -> None:
    """Simulates the Red Hat Quay Operator 3.7 on a Kubernetes cluster in memory."""


def _failed(message: str, code: int) -> int:
    typer.echo(f"quaysim: {' '.join(message.split())}", err=True)
    return code
