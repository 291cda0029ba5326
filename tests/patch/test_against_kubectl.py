"""The same patches by `kubectl patch --local`, which runs the code of the real server.

An example costs about 50 ms; `QUAYSIM_ORACLE_EXAMPLES` asks for more of them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fake_cluster.api.patch import json_patch, merge_patch, strategic_merge_patch
from fake_cluster.errors import ApiError
from fake_cluster.kinds import definitions
from fake_cluster.objects import Object

DEPLOYMENT = definitions.struct("apps/v1.Deployment")
KUBECTL = shutil.which("kubectl")
EXAMPLES = int(os.environ.get("QUAYSIM_ORACLE_EXAMPLES", "12"))

pytestmark = pytest.mark.skipif(KUBECTL is None, reason="kubectl is not on the PATH")
few = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=EXAMPLES == 12,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

NAMES = st.sampled_from(["a", "b", "c", "d"])
WORDS = st.sampled_from(["x", "y", "z"])
MAPS = st.dictionaries(NAMES, WORDS, max_size=3)
STRATEGIES = st.fixed_dictionaries({}, optional={"type": WORDS, "rollingUpdate": st.just({"maxSurge": 1})})


def container(name: str, more: Object) -> Object:
    return {"name": name, **more}


def distinct(items: st.SearchStrategy[Object], most: int = 4) -> st.SearchStrategy[list[Object]]:
    return st.lists(items, max_size=most, unique_by=lambda item: item["name"])


ENV = distinct(st.fixed_dictionaries({"name": NAMES, "value": WORDS}), 3)
CONTAINERS = distinct(
    st.builds(container, NAMES, st.fixed_dictionaries({}, optional={"image": WORDS, "command": st.lists(WORDS), "env": ENV}))
)  # fmt: skip
FINALIZERS = st.lists(NAMES, max_size=4, unique=True)


@st.composite
def deployments(draw: st.DrawFn) -> Object:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "x", "labels": draw(MAPS), "finalizers": draw(FINALIZERS)},
        "spec": {
            "strategy": draw(STRATEGIES),
            "template": {"spec": {"containers": draw(CONTAINERS), "tolerations": [{"key": "k"}]}},
        },
    }


def sometimes_null(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(values, values, values, st.none())


MARKED_ENV = st.lists(
    st.one_of(
        st.fixed_dictionaries({"name": NAMES, "value": WORDS}),
        st.fixed_dictionaries({"name": NAMES, "$patch": st.just("delete")}),
    ),
    max_size=3,
    unique_by=lambda item: item["name"],
)
MARKED_CONTAINER = st.one_of(
    st.builds(
        container,
        NAMES,
        st.fixed_dictionaries(
            {},
            optional={"image": sometimes_null(WORDS), "env": MARKED_ENV, "$setElementOrder/env": st.just([])},
        ),
    ),
    st.fixed_dictionaries({"name": NAMES, "$patch": st.sampled_from(["delete", "delete", "replace"])}),
    st.fixed_dictionaries({"image": WORDS}),
)
MARKED_MAP = st.one_of(
    MAPS,
    st.dictionaries(NAMES, sometimes_null(WORDS)),
    MAPS.map(lambda fields: fields | {"$patch": "replace"}),
)
POD_PATCH = st.fixed_dictionaries(
    {},
    optional={
        "containers": st.lists(MARKED_CONTAINER, max_size=3),
        "initContainers": st.lists(MARKED_CONTAINER, max_size=2),
        "$setElementOrder/containers": distinct(st.fixed_dictionaries({"name": NAMES})),
        "tolerations": st.just([{"key": "other"}]),
    },
)
METADATA_PATCH = st.fixed_dictionaries(
    {},
    optional={
        "labels": sometimes_null(MARKED_MAP),
        "annotations": MARKED_MAP,
        "finalizers": FINALIZERS,
        "$setElementOrder/finalizers": FINALIZERS,
    },
)
RETAINED = st.fixed_dictionaries({"$retainKeys": st.just(["type"]), "type": WORDS})
PATCHES = st.fixed_dictionaries(
    {},
    optional={
        "metadata": st.one_of(METADATA_PATCH, st.builds(lambda names: {"$deleteFromPrimitiveList/finalizers": names}, FINALIZERS)),
        "spec": st.fixed_dictionaries(
            {}, optional={"strategy": st.one_of(STRATEGIES, RETAINED), "template": st.fixed_dictionaries({"spec": POD_PATCH})}
        ),
    },
)  # fmt: skip
MERGE_PATCHES = st.fixed_dictionaries(
    {},
    optional={
        "metadata": st.fixed_dictionaries({}, optional={"labels": sometimes_null(st.dictionaries(NAMES, sometimes_null(WORDS)))}),
        "spec": st.recursive(
            sometimes_null(WORDS), lambda inner: st.dictionaries(st.sampled_from(["strategy", "type", "a"]), inner), max_leaves=5
        ),
    },
)  # fmt: skip
POINTERS = [
    "/metadata/labels/a", "/metadata/finalizers/0", "/metadata/finalizers/-", "/metadata/finalizers/9",
    "/spec/template/spec/containers/1", "/spec/strategy", "/spec/absent/deep", "/spec/new",
]  # fmt: skip
PLACES = st.sampled_from(POINTERS)
PATHS = st.sampled_from([*POINTERS, "/metadata/finalizers/-1"])
OPERATIONS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"op": st.sampled_from(["add", "replace", "test"]), "path": PATHS, "value": sometimes_null(WORDS)}),
        st.fixed_dictionaries({"op": st.just("remove"), "path": PATHS}),
        st.fixed_dictionaries({"op": st.sampled_from(["move", "copy"]), "from": PATHS, "path": PLACES}),
    ),
    min_size=1,
    max_size=2,
)  # fmt: skip


def by_kubectl(obj: Object, patch: Any, kind: str, folder: Path) -> Any:
    """What kubectl makes of it, or its error text."""
    file = folder / "object.json"
    file.write_text(json.dumps(obj), encoding="utf-8")
    command = [
        str(KUBECTL),
        "patch",
        "--local",
        "-f",
        str(file),
        f"--type={kind}",
        "-p",
        json.dumps(patch),
        "-o",
        "json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr.removeprefix("error: ").strip()


def by_us(change: Any, *arguments: Any) -> Any:
    try:
        return change(*arguments)
    except ApiError as error:
        return error.message.strip()


def agree(ours: Any, theirs: Any) -> bool:
    """The same object, or both refuse: which of several errors is found first is up to Go's map order."""
    return isinstance(ours, str) if isinstance(theirs, str) else bool(ours == theirs)


@few
@given(obj=deployments(), patch=PATCHES)
def test_strategic_merge_patches_have_the_result_of_kubectl(
    tmp_path: Path, obj: Object, patch: Object
) -> None:
    expected = by_kubectl(obj, patch, "strategic", tmp_path)
    assert agree(by_us(strategic_merge_patch, obj, patch, DEPLOYMENT), expected)


@few
@given(obj=deployments(), patch=MERGE_PATCHES)
def test_merge_patches_have_the_result_of_kubectl(tmp_path: Path, obj: Object, patch: Object) -> None:
    assert agree(by_us(merge_patch, obj, patch), by_kubectl(obj, patch, "merge", tmp_path))


@few
@given(obj=deployments(), operations=OPERATIONS)
def test_json_patches_have_the_result_of_kubectl(tmp_path: Path, obj: Object, operations: Any) -> None:
    assert agree(by_us(json_patch, obj, operations), by_kubectl(obj, operations, "json", tmp_path))
