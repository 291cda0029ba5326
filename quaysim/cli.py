"""The command line: `quaysim plan`, `serve`, `operator`, `diff`, `report` and `coverage`.

Each command lives in a module of `quaysim.commands` and imports what it needs when it runs, so that
`quaysim --help` and `quaysim serve` do not wait for the parts of the others.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from quaysim.commands import CommandError, coverage, diff, operator, plan, report, serve

app = typer.Typer(
    name="quaysim",
    help="Simulates the Red Hat Quay Operator 3.7 on a Kubernetes cluster in memory.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("plan", short_help="What would become of a registry.")(plan.command)
app.command("serve", short_help="The simulated cluster over HTTP(S), for kubectl.")(serve.command)
app.command("operator", short_help="The simulated operator against an API server.")(operator.command)
app.command("diff", short_help="What two sets of objects differ in.")(diff.command)
app.add_typer(report.app, name="report", short_help="What changed from one run to the next.")
app.command("coverage", short_help="Which documented behaviours have scenarios.")(coverage.command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; what is wrong with it is one line on stderr."""
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
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


def _failed(message: str, code: int) -> int:
    typer.echo(f"quaysim: {' '.join(message.split())}", err=True)
    return code
