"""Calls the webhooks that a write concerns, first those that change it, later those that only judge it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

from fake_cluster.api.call import Answer, Call
from fake_cluster.api.core import Core
from fake_cluster.api.suspension import Suspended
from fake_cluster.api.webhooks import calling, matching
from fake_cluster.api.webhooks.review import BadAnswerError, Question, Verdict, patched, verdict_of
from fake_cluster.errors import forbidden, internal
from fake_cluster.kinds import Resource
from fake_cluster.kinds.refs import MUTATING_WEBHOOK_CONFIGURATIONS, VALIDATING_WEBHOOK_CONFIGURATIONS
from fake_cluster.objects import Object
from fake_cluster.store import Change


class Heard(NamedTuple):
    """What came of one call: an answer, or why there is none."""

    answer: Any
    error: str


class Memory:
    """The answers that one request has got from webhooks, by what they were asked about.

    `seed` gives the request's own random values, the same ones at each of its beginnings.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.heard: dict[tuple[str, ...], Heard] = {}

    def ask(self, key: tuple[str, ...], call: Callable[[], Heard]) -> Heard:
        """The answer that is there; Suspended where there is none yet."""
        if key not in self.heard:

            def work() -> None:
                self.heard[key] = call()

            raise Suspended(work)
        return self.heard[key]


class Webhooks:
    """The webhooks of one API. `active` is False where there are none, and nothing need be asked."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.services = calling.Services()
        self.active = False
        self._tables = {
            kind: core.store.table(ref.group, ref.plural)
            for kind, ref in (
                ("mutating", MUTATING_WEBHOOK_CONFIGURATIONS),
                ("validating", VALIDATING_WEBHOOK_CONFIGURATIONS),
            )
        }
        for table in self._tables.values():
            table.subscribers.append(self._hear)

    def _hear(self, change: Change) -> None:
        del change
        self.active = any(table.entries() for table in self._tables.values())

    def _webhooks(self, kind: str) -> Iterator[Object]:
        for entry in self._tables[kind].entries():
            yield from entry.obj.get("webhooks") or ()

    def attempt(self, call: Call, memory: Memory | None, dispatch: Callable[[Call], Answer]) -> Answer:
        """Do a call that may be suspended, and that begins again with the `memory` of its last attempt."""
        core = self._core
        call.memory = memory
        if memory is None:
            return dispatch(call)
        shared, core.rng = core.rng, Random(memory.seed)
        try:
            return dispatch(call)
        finally:
            core.rng = shared

    def memory(self) -> Memory:
        """For a request that begins."""
        return Memory(self._core.rng.getrandbits(64))

    # --- the two rounds -------------------------------------------------------------------------------

    def change(
        self, call: Call, operation: str, obj: Object, old: Object | None, warnings: list[str]
    ) -> Object:
        """The object as webhooks have changed it: `obj` itself if none has."""
        again, before = [], obj
        for webhook in self._webhooks("mutating"):
            seen = obj
            obj = self._changed(call, operation, webhook, obj, old, warnings)
            again += [(webhook, seen)] if webhook.get("reinvocationPolicy") == "IfNeeded" else []
        if obj is not before:
            for webhook, seen in again:
                if seen != obj:
                    obj = self._changed(call, operation, webhook, obj, old, warnings, round_=1)
        return obj

    def _changed(  # noqa: PLR0913, PLR0917 - what a call of a webhook is about
        self,
        call: Call,
        operation: str,
        webhook: Object,
        obj: Object,
        old: Object | None,
        warnings: list[str],
        round_: int = 0,
    ) -> Object:
        asked = self._verdict(call, operation, webhook, obj, old, round_)
        if asked is None:
            return obj
        target, verdict = asked
        warnings += verdict.warnings
        if not verdict.patch:
            return obj
        try:
            return _back(call.resource, target, patched(_as(call.resource, target, obj), verdict.patch))
        except BadAnswerError as error:
            self._failed(webhook, str(error))
            return obj

    def judge(
        self, call: Call, operation: str, obj: Object | None, old: Object | None, warnings: list[str]
    ) -> None:
        """Ask those that may refuse; ApiError for the first refusal."""
        for webhook in self._webhooks("validating"):
            asked = self._verdict(call, operation, webhook, obj, old, 0)
            if asked is not None:
                warnings += asked[1].warnings

    # --- one webhook ----------------------------------------------------------------------------------

    def _verdict(  # noqa: PLR0913, PLR0917 - as above
        self, call: Call, operation: str, webhook: Object, obj: Object | None, old: Object | None, round_: int
    ) -> tuple[Resource, Verdict] | None:
        """What a webhook says; None if it is not asked, or says nothing and need not."""
        target = matching.target_of(self._core, call, webhook, operation)
        if target is None or not matching.is_selected(self._core, call, webhook, obj, old):
            return None
        shown = [None if item is None else _as(call.resource, target, item) for item in (obj, old)]
        question = Question(self._core.uid(), operation, call, target, *shown)
        if not self._conditions_met(call, webhook, question):
            return None
        version = "" if old is None else old["metadata"]["resourceVersion"]
        key = (
            webhook["name"],
            operation,
            (obj or old or {})["metadata"].get("name", ""),
            version,
            str(round_),
        )
        heard = self._heard(call, key, webhook, question)
        if heard.error:
            self._failed(webhook, heard.error)
            return None
        uid, answer = heard.answer
        try:
            return target, verdict_of(webhook["name"], uid, answer)
        except BadAnswerError as error:
            self._failed(webhook, str(error))
            return None

    @staticmethod
    def _conditions_met(call: Call, webhook: Object, question: Question) -> bool:
        if not webhook.get("matchConditions"):
            return True
        from fake_cluster.kinds.cel.engine import ExpressionError  # noqa: PLC0415 - only who has conditions pays

        request = question.request()
        variables = {"object": question.obj, "oldObject": question.old, "request": request}
        try:
            return matching.unmet_condition(webhook, variables) is None
        except ExpressionError as error:
            if webhook.get("failurePolicy") == "Ignore":
                return False
            name = (question.obj or question.old or {})["metadata"].get("name", "")
            raise forbidden(call.resource.ref, name, f"expression evaluation failed: {error}") from None

    def _heard(self, call: Call, key: tuple[str, ...], webhook: Object, question: Question) -> Heard:
        target, body = calling.target_of(webhook, self.services), question.body()

        def ask() -> Heard:
            try:
                return Heard((question.uid, calling.call(target, body)), "")
            except calling.CallError as error:
                return Heard(None, str(error))

        return call.memory.ask(key, ask) if isinstance(call.memory, Memory) else ask()

    @staticmethod
    def _failed(webhook: Object, why: str) -> None:
        """Some webhooks may fail without harm."""
        if webhook.get("failurePolicy") != "Ignore":
            raise internal(f'failed calling webhook "{webhook["name"]}": failed to call webhook: {why}')


def _as(resource: Resource, target: Resource, obj: Object) -> Object:
    """An object of a resource in the version of another one."""
    return obj if resource is target else target.from_storage(resource.to_storage(obj))


def _back(resource: Resource, target: Resource, obj: Object) -> Object:
    return obj if resource is target else resource.from_storage(target.to_storage(obj))
