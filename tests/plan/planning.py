"""Registries for tests of the plan, with and without a simulation."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml

from quaysim.plan import Setup, Verdict, judge, simulate
from quaysim.plan.advice import Advice, Look, advice_on
from quaysim.plan.documents import read_documents
from quaysim.plan.manifests import Manifest
from quaysim.plan.subject import Subject
from tests.cli.inputs import BUNDLED, Object, bundle, registry

HOST = "quay.example.com"


def setup_of(*objects: Object, text: str = "", **options: Any) -> Setup:
    """A setup with these objects, written to one file."""
    text = text or "---\n".join(yaml.safe_dump(obj, sort_keys=False) for obj in objects)
    return Setup([Manifest(document) for document in read_documents(text, "in.yaml")], **options)


def planned(*objects: Object, **options: Any) -> Verdict:
    """The verdict on these objects."""
    return judge(simulate(setup_of(*objects, **options)))


@cache
def default_plan() -> Verdict:
    """The verdict on a registry with every default."""
    return planned(registry())


def advised(*objects: Object, **options: Any) -> list[Advice]:
    """The advice on the first registry as it stands, without a simulation."""
    setup = setup_of(*objects, **options)
    given = setup.registries[0]
    everything = [manifest.obj for manifest in setup.manifests]
    return advice_on(Look(Subject(given), given.manifest.obj, everything, [], {}))


def configured(*components: Object, config: Object | str | None = None, **keys: str) -> tuple[Object, Object]:
    """A registry with these components, and its bundle with this config.yaml and other keys."""
    text = config if isinstance(config, str) else yaml.safe_dump(config or {}, sort_keys=False)
    secret = bundle(config_yaml=text)
    secret["stringData"] |= keys
    return registry(*components, **BUNDLED), secret
