"""`quaysim plan`: what would become of a registry, before a cluster is touched."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quaysim.commands import DEFAULT_DOMAIN, DEFAULT_VERSION, CommandError, Platform, checked_domain

if TYPE_CHECKING:
    from quaysim.plan import Setup, Verdict


class Output(StrEnum):
    """The forms of a plan."""

    TEXT = "text"
    YAML = "yaml"
    JSON = "json"


def command(  # noqa: PLR0913 - the options of the command
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE", help="Manifests: files, directories, or - for standard input."),
    ] = None,
    *,
    bundle: Annotated[
        str | None,
        typer.Option(
            metavar="DIR|FILE",
            help="The configuration bundle: a directory whose files are its keys, a Secret, or a config.yaml.",
        ),
    ] = None,
    platform: Annotated[Platform, typer.Option(help="The cluster to plan for.")] = Platform.OPENSHIFT,
    apps_domain: Annotated[
        str, typer.Option(metavar="DOMAIN", help="The domain of the router's host names.")
    ] = DEFAULT_DOMAIN,
    operator_version: Annotated[
        str, typer.Option(metavar="VERSION", help="The version of the Quay Operator.")
    ] = DEFAULT_VERSION,
    from_version: Annotated[
        str | None,
        typer.Option(
            metavar="VERSION",
            help="Show an upgrade step by step: the operator is first of this version, then of --operator-version.",
        ),
    ] = None,
    namespace: Annotated[
        str, typer.Option("--namespace", "-n", help="The namespace of objects that name none.")
    ] = "default",
    node_size: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[COUNT:]CPUxMEMORY",
            help="Nodes to plan for, such as 3:8x32Gi; may be given several times. Says whether and where the Pods "
            "fit, at the minimum and at the autoscalers' maximum.",
        ),
    ] = None,
    rules: Annotated[
        bool, typer.Option("--rules", help="Show every rule that was looked at, with its section.")
    ] = False,
    output: Annotated[
        Output,
        typer.Option(
            "--output", "-o", help="text: the verdict; yaml: every object; json: the verdict as data."
        ),
    ] = Output.TEXT,
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="WORD",
            help="Say what a condition, a reason or a message means and what to do about it, and nothing else.",
        ),
    ] = None,
    json_schema: Annotated[
        bool, typer.Option("--json-schema", help="Print the JSON Schema of -o json, and nothing else.")
    ] = False,
) -> int:
    """Say what would become of a registry, before a cluster is touched.

    Applies QuayRegistries, Secrets and anything else to a fresh simulated cluster, lets time pass until nothing
    changes any more, and says what would be created, by component, what it asks of the cluster, where it would be
    blocked (the rule, the field and the fix), and what the documentation recommends otherwise.

    Exit code: 0 Available, 3 blocked or not ready, 2 unreadable input.
    """
    if json_schema:
        typer.echo(_schema().rstrip("\n"))
        return 0

    from quaysim import plan  # noqa: PLC0415 - only this command needs it

    try:
        if explain is not None:
            return _explain(explain, output)
        if not files:
            raise CommandError("Missing argument 'FILE'.")
        setup = plan.Setup(
            plan.read_manifests(files),
            plan.read_bundle(bundle) if bundle is not None else None,
            platform.value,
            checked_domain(apps_domain),
            operator_version,
            namespace,
            from_version or "",
            [plan.read_node_size(size) for size in node_size or ()],
        )
        return _plan(setup, output, rules=rules)
    except plan.UnreadableInput as error:
        raise CommandError(str(error)) from error


def _schema() -> str:
    return Path(__file__).parent.with_name("plan").joinpath("plan.schema.json").read_text(encoding="utf-8")


def _explain(word: str, output: Output) -> int:
    from quaysim import plan  # noqa: PLC0415 - only this command needs it
    from quaysim.plan.glossary import explain_word  # noqa: PLC0415 - only those who ask need it
    from quaysim.plan.glossary_text import entry_lines  # noqa: PLC0415 - as above

    entries = explain_word(word)
    if output is Output.TEXT:
        plan.print_lines(entry_lines(entries))
    else:
        show = plan.dump_json if output is Output.JSON else plan.dump_yaml
        typer.echo(show([entry.as_json() for entry in entries]).rstrip("\n"))
    return 0


def _plan(setup: Setup, output: Output, *, rules: bool) -> int:
    from quaysim import plan  # noqa: PLC0415 - only this command needs it

    verdict: Verdict = plan.judge(plan.simulate(setup))
    if output is Output.TEXT:
        plan.print_lines(plan.as_text(verdict, rules=rules))
    else:
        typer.echo(plan.as_yaml(verdict).rstrip("\n") if output is Output.YAML else plan.as_json(verdict))
    return verdict.exit_code
