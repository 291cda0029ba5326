"""kr8s: short programs against the API, with watches, commands and forwarded ports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tests.clients.conftest import Served

kr8s = pytest.importorskip("kr8s.asyncio", reason="kr8s is not installed")
objects = pytest.importorskip("kr8s.asyncio.objects", reason="kr8s is not installed")

pytestmark = pytest.mark.filterwarnings("ignore:Kubernetes version v1.36.0 is not supported")
CONTAINER = {"name": "web", "image": "nginx", "ports": [{"containerPort": 80}]}

Story = Callable[[Any], Awaitable[None]]
Run = Callable[[Story], None]


@pytest.fixture
def run(served: Served) -> Run:
    """Runs a story in an event loop of its own, with a client."""

    @asynccontextmanager
    async def connected() -> AsyncIterator[Any]:
        api = await kr8s.api(kubeconfig=str(served.path))
        try:
            yield api
        finally:
            await api._session.aclose()

    async def told(story: Story) -> None:
        async with connected() as api:
            await story(api)

    return lambda story: asyncio.run(told(story))


async def running_pod(api: Any, name: str) -> Any:
    body = {"metadata": {"name": name, "namespace": "default"}, "spec": {"containers": [CONTAINER]}}
    pod = await objects.Pod(body, api=api)
    await pod.create()
    await pod.wait("condition=Ready", timeout=20)
    return pod


def test_a_deployment_is_scaled_and_waited_for(run: Run) -> None:
    async def story(api: Any) -> None:
        labels = {"app": "web"}
        template = {"metadata": {"labels": labels}, "spec": {"containers": [CONTAINER]}}
        spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
        body = {"metadata": {"name": "web", "namespace": "default"}, "spec": spec}
        web = await objects.Deployment(body, api=api)
        await web.create()
        await web.wait("condition=Available", timeout=20)
        await web.scale(2)
        await web.wait("jsonpath='{.status.readyReplicas}'=2", timeout=20)
        assert len(await web.pods()) == 2
        await web.label({"tier": "front"})
        await web.patch({"spec": {"replicas": 0}})
        await web.refresh()
        assert (web.labels["tier"], web.spec.replicas) == ("front", 0)
        await web.delete()
        await web.wait("delete", timeout=20)
        assert not await web.exists()

    run(story)


def test_kinds_are_found_by_what_they_are_called(run: Run) -> None:
    async def story(api: Any) -> None:
        for name in ("cm", "configmap", "configmaps", "ConfigMap"):
            found = [item.name async for item in api.get(name, namespace="kube-system")]
            assert found == ["kube-root-ca.crt"]
        assert "apps/v1" in {kind["version"] for kind in await api.api_resources()}
        assert await api.whoami() == "kubernetes-admin"

    run(story)


def test_a_watch_gives_what_exists_and_what_comes(run: Run) -> None:
    async def story(api: Any) -> None:
        made = await objects.ConfigMap({"metadata": {"name": "one", "namespace": "kube-public"}}, api=api)
        events = api.watch("configmaps", namespace="kube-public")
        assert (await anext(events))[1].name == "kube-root-ca.crt"
        await made.create()
        kind, seen = await anext(events)
        assert (kind, seen.name) == ("ADDED", "one")
        await events.aclose()

    run(story)


def test_commands_run_and_tell_how_they_ended(run: Run) -> None:
    async def story(api: Any) -> None:
        pod = await running_pod(api, "commands")
        done = await pod.exec(["sh", "-c", "echo out; echo err >&2; exit 3"], check=False)
        assert (done.stdout, done.stderr, done.returncode) == (b"out\n", b"err\n", 3)

    run(story)


def test_ports_are_forwarded(run: Run) -> None:
    async def story(api: Any) -> None:
        pod = await running_pod(api, "ports")
        async with pod.portforward(80) as port, httpx.AsyncClient() as client:
            answer = await client.get(f"http://127.0.0.1:{port}/")
            assert answer.text == "ports:80\n"

    run(story)
