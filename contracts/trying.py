"""A plan version as it would be with some settings otherwise: to be tried on what was, never to be sold (rule H15)."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from contracts.catalogue import PlanVersion
from contracts.errors import Refusal
from contracts.money import Money
from contracts.plan_versions import versions_of
from contracts.policies import FirstMonth, IncludedPer, OverLimit, RoundingScope

_CHOICES: dict[str, type[StrEnum]] = {
    "rounding_scope": RoundingScope,
    "included_per": IncludedPer,
    "first_month": FirstMonth,
    "over_limit": OverLimit,
}
_NUMBERS = (
    "quantum_minutes",
    "minimum_minutes",
    "in_hours_percent",
    "out_of_hours_percent",
    "weekend_percent",
    "included_minutes",
    "rollover_cap_minutes",
    "rollover_periods",
    "overrun_percent",
    "low_balance_percent",
)
TRIED = (*_NUMBERS, *_CHOICES, "overage_rate")
"""The settings that can be tried: all that decide on hours, on their price, and on requests beyond them."""
LARGEST = 10**6
"""More than any minutes or per cent that a plan could mean."""


def version_named(session: Session, plan_code: str, number: int | None) -> PlanVersion:
    """The version of a plan, the last one without a number.

    Raises `Refusal` with PLAN_UNKNOWN or PLAN_VERSION_UNKNOWN, naming those there are.
    """
    versions = {one.version: one for one in versions_of(session, plan_code)}
    if number is None:
        return versions[max(versions)]
    if number not in versions:
        raise Refusal("PLAN_VERSION_UNKNOWN", field="version", value=number, allowed=list(versions))
    return versions[number]


def settings_named(texts: Sequence[str]) -> dict[str, Any]:
    """Settings that are written "quantum_minutes=30", money as "2700.00".

    Raises `Refusal` with FIELD_UNKNOWN, FIELD_WRONG, FIELD_REPEATED or AMOUNT_UNREADABLE.
    """
    settings: dict[str, Any] = {}
    for text in texts:
        name, _, value = (part.strip() for part in text.partition("="))
        if name not in TRIED:
            raise Refusal("FIELD_UNKNOWN", field="set", value=name, allowed=list(TRIED))
        if name in settings:
            raise Refusal("FIELD_REPEATED", field="set", value=name)
        settings[name] = _read(name, value)
    return settings


def _read(name: str, value: str) -> Any:
    if name in _CHOICES:
        allowed = [str(choice) for choice in _CHOICES[name]]
        if value not in allowed:
            raise Refusal("FIELD_WRONG", field=name, value=value, allowed=allowed)
        return _CHOICES[name](value)
    if name in _NUMBERS:
        if not re.fullmatch("[0-9]{1,7}", value, re.ASCII) or int(value) > LARGEST:
            raise Refusal("FIELD_WRONG", field=name, value=value, allowed=f"a whole number, 0 to {LARGEST}")
        return int(value)
    try:
        return Money.parse(value)
    except Refusal as unreadable:
        raise Refusal(unreadable.code, field=name, **unreadable.facts) from None


def changed(version: PlanVersion, settings: Mapping[str, Any]) -> PlanVersion:
    """The version with some settings otherwise, of no session. Raises `Refusal("FIELD_WRONG")`."""
    given = dict(settings)
    if "overage_rate" in given:
        given["overage_rate_minor"] = given.pop("overage_rate").minor
    try:
        return PlanVersion.model_validate({**version.model_dump(), **given})
    except ValidationError as wrong:
        first = wrong.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else "set"
        value = given.get(field)
        raise Refusal("FIELD_WRONG", field=field.removesuffix("_minor"), value=value, allowed=first["msg"]) from None
