"""Advice: where a registry works, or seems to, but the documentation recommends otherwise."""

from quaysim.plan.advice.looking import Advice, Look, advice_from
from quaysim.plan.advice.tips import TIPS

__all__ = ["TIPS", "Advice", "Look", "advice_on"]


def advice_on(look: Look) -> list[Advice]:
    """All advice on one registry."""
    return list(advice_from(TIPS, look))
