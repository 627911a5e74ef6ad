"""The form of a plan version: its settings by what they decide, its prices and promises; what it lacks stays as it was.

Services, promotions, the currency and the shares of a warning are not in the form: a file publishes other ones.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, get_args

from pydantic import Field, create_model

from api.pages.forms import Amount, Day, Name, Text, Typed, TypedMinutes
from contracts.catalogue import PlanVersion
from contracts.due_times import LONGEST_MINUTES
from contracts.errors import Refusal
from contracts.money import Money
from contracts.policies import Channel
from entitlements.durations import clock

GROUPS: dict[str, dict[str, str]] = {
    "selling": {"valid_from": "day", "alignment": "choice", "covers_registrations": "flag"},
    "hours": {
        "included_minutes": "hours",
        "included_per": "choice",
        "first_month": "choice",
        "rollover_cap_minutes": "hours",
        "rollover_periods": "whole",
        "bonus_minutes": "hours",
        "goodwill_minutes": "hours",
    },
    "rounding": {
        "quantum_minutes": "whole",
        "minimum_minutes": "whole",
        "rounding_scope": "choice",
        "in_hours_percent": "whole",
        "out_of_hours_percent": "whole",
        "weekend_percent": "whole",
        "bills_travel": "flag",
    },
    "beyond": {
        "over_limit": "choice",
        "overrun_percent": "whole",
        "overage_rate": "amount",
        "low_balance_percent": "whole",
        "warning_quiet_hours": "whole",
        "hold_hours": "whole",
    },
    "desk": {
        "desk_hours": "text",
        "highest_line": "whole",
        "named_contacts_only": "flag",
        "requires_signature": "flag",
        "register_check_days": "whole",
    },
    "money": {
        "payment_grace_days": "whole",
        "unpaid": "choice",
        "refund": "choice",
        "exempt_percent": "whole",
        "exempt_ground": "text",
    },
    "statement": {"objection_days": "whole", "entry_approval": "flag"},
    "renewal": {"expiring_days": "whole", "grace_days": "whole", "lapse_renewal": "choice"},
    "free": {
        "free_box_months": "whole",
        "free_upgrade_months": "whole",
        "free_plus_its_months": "whole",
        "free_minutes": "hours",
    },
}
"""The settings of a version in the form, each with the way it is typed."""
KINDS = {name: kind for fields in GROUPS.values() for name, kind in fields.items()}
TYPES: dict[str, Any] = {
    "day": Day,
    "hours": TypedMinutes,
    "whole": Annotated[int, Field(ge=0, le=10_000)],
    "amount": Amount,
    "flag": bool,
    "text": Text,
}
Promised = Annotated[TypedMinutes, Field(ge=1, le=LONGEST_MINUTES)]
MAY_BE_EMPTY = {"exempt_ground"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A field of the form: how it is typed, whether it may be left empty, and what there is to choose."""

    name: str
    kind: str
    is_required: bool
    options: Sequence[str] = ()


def groups() -> list[tuple[str, list[Asked]]]:
    """The fields of the settings, by what they decide."""
    return [(group, [_asked(name, kind) for name, kind in fields.items()]) for group, fields in GROUPS.items()]


def shape_of(definition: Mapping[str, Any], is_new: bool) -> type[Typed]:
    """The form of a plan that is defined so: each of its terms and promises has fields of its own."""
    fields: dict[str, Any] = {"base": int, "channels": list[Channel], "try_client": (Text | None, None)}
    for name, kind in KINDS.items():
        asked = _asked(name, kind)
        of = _column(name).annotation if kind == "choice" else TYPES[kind]
        fields[name] = of if asked.is_required else (of if kind in ("flag", "text") else of | None, _nothing(kind))
    for months in _months(definition):
        fields |= {f"sold_{months}": (bool, False), f"price_{months}": (Amount | None, None)}
        fields |= {f"break_{months}": (Amount | None, None)}
    fields |= {"new_months": (Annotated[int, Field(ge=1, le=60)] | None, None)}
    fields |= {"new_price": (Amount | None, None), "new_break": (Amount | None, None)}
    for number, _ in _promises(definition):
        fields |= {f"respond_{number}": (Promised | None, None), f"resolve_{number}": (Promised | None, None)}
    if is_new:
        fields |= {
            "new_code": Annotated[Name, Field(pattern="^[a-z0-9-]{1,60}$")],
            "new_name": Name,
            "new_name_en": Name,
        }
    return create_model("PlanForm", __base__=Typed, **fields)


def typed_of(definition: Mapping[str, Any], base: int) -> dict[str, Any]:
    """What the form shows before anybody types: the version as it is."""
    typed = {"base": str(base), "channels": definition["channels"]}
    typed |= {name: _written(kind, definition.get(name)) for name, kind in KINDS.items()}
    for price in definition["prices"]:
        months = price["term_months"]
        typed |= {f"sold_{months}": "true", f"price_{months}": price.get("price", "")}
        typed[f"break_{months}"] = price.get("after_break", "")
    for number, promise in _promises(definition):
        for name in ("respond", "resolve"):
            typed[f"{name}_{number}"] = _written("hours", promise.get(f"{name}_minutes"))
    return typed


def defined_anew(definition: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The definition with what the form says otherwise. Raises `Refusal`, naming the field, with PRICE_NEGATIVE,
    FIELD_REPEATED for a term that is there, or FIELD_WRONG for what is solved before it is answered."""
    for name, value in given.items():
        if isinstance(value, Money) and value.minor < 0:
            raise Refusal("PRICE_NEGATIVE", field=name, value=str(value), allowed="0.00 or more")
    kept = {name: value for name, value in definition.items() if name not in KINDS}
    settings = {name: _plain(given[name]) for name in KINDS if given[name] is not None}
    lists = {
        "channels": [one.value for one in given["channels"]],
        "prices": list(_prices(definition, given)),
        "due_times": list(_promised(definition, given)),
    }
    return kept | settings | lists


def _prices(definition: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    known = _months(definition)
    if given["new_months"] in known:
        raise Refusal("FIELD_REPEATED", field="new_months", value=given["new_months"])
    named = [(months, str(months)) for months in known if given[f"sold_{months}"]]
    if given["new_months"] is not None:
        named.append((given["new_months"], "new"))
    for months, name in named:
        amounts = {"price": given[f"{'price_' + name if name != 'new' else 'new_price'}"]}
        amounts["after_break"] = given[f"{'break_' + name if name != 'new' else 'new_break'}"]
        yield {"term_months": months} | {what: str(one) for what, one in amounts.items() if one is not None}


def _promised(definition: Mapping[str, Any], given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What is promised; where no answer is, nothing."""
    for number, promise in _promises(definition):
        respond, resolve = given[f"respond_{number}"], given[f"resolve_{number}"]
        if resolve is not None and (respond is None or resolve < respond):
            raise Refusal("FIELD_WRONG", field=f"resolve_{number}", value=resolve, allowed=f"{respond} or more")
        if respond is not None:
            times = {"respond_minutes": respond} | ({} if resolve is None else {"resolve_minutes": resolve})
            yield {name: promise[name] for name in ("priority", "name", "name_en")} | times


def _asked(name: str, kind: str) -> Asked:
    required = kind != "flag" and name not in MAY_BE_EMPTY and type(None) not in get_args(_column(name).annotation)
    options = [one.value for one in _column(name).annotation] if kind == "choice" else ()
    return Asked(name, kind, required, options)


def _column(name: str) -> Any:
    return PlanVersion.model_fields.get(name) or PlanVersion.model_fields[f"{name}_minor"]


def _nothing(kind: str) -> Any:
    return {"flag": False, "text": ""}.get(kind)


def _months(definition: Mapping[str, Any]) -> list[int]:
    return [price["term_months"] for price in definition["prices"]]


def _promises(definition: Mapping[str, Any]) -> list[tuple[int, Mapping[str, Any]]]:
    return list(enumerate(definition["due_times"], 1))


def _written(kind: str, value: Any) -> str:
    """A value as people type it."""
    if value is None or value is False:
        return ""
    if kind == "hours":
        return clock(value)
    return "true" if value is True else str(value.value if isinstance(value, Enum) else value)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Money) else value
