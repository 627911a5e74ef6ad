"""What is refused, as the pages say it: beside its field, and to people."""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any, cast

from api import refusals
from api.pages.wording import say
from contracts.errors import Bounds, Refusal
from documents.allowed_wording import allowed_text
from documents.refusal_wording import refusal_text
from documents.words import Language, day_in_figures


def told_by_field(refusal: Refusal, language: Language, fields: set[str]) -> tuple[dict[str, str], str]:
    """What is wrong with each field of a form, and what is wrong with none of them."""
    faults = refusal.facts.get("errors") or [{"code": refusal.code, "field": refusal.field, **refusal.facts}]
    wrong: dict[str, str] = {}
    refused = ""
    for fault in cast(list[dict[str, Any]], faults):
        sentence = sentence_of(fault, language)
        name = str(fault["field"] or "")
        if name in fields:
            wrong[name] = sentence
        else:
            refused = sentence
    return wrong, refused


def sentence_of(fault: Mapping[str, Any], language: Language) -> str:
    """A fault in one sentence for people, with what is allowed instead."""
    match fault["code"]:  # some have a sentence of their own that is for programs
        case "FIELD_WRONG":
            return say("page.field_wrong", language)
        case "AMOUNT_UNREADABLE":
            return say("page.amount_unreadable", language)
        case "ROLE_NOT_ALLOWED":
            return say("page.not_of_the_role", language)
        case "ROUTE_UNKNOWN" | "METHOD_NOT_ALLOWED":
            return say("page.no_page", language)
    sentence = refusal_text(fault["code"], language)
    told = _allowed(fault.get("allowed"), sentence, language)
    return say("page.allowed", language, sentence=sentence, allowed=told) if told else sentence


def _allowed(allowed: object, sentence: str, language: Language) -> str:
    """The days of a range, or the values to choose among, unless the sentence names them; nothing for codes, which the
    form has by their names."""
    if not isinstance(allowed, list | tuple) or any(isinstance(one, Enum) for one in allowed):
        return ""
    spelled = [day_in_figures(one) if isinstance(one, date) else str(refusals.plain(one)) for one in allowed]
    if isinstance(allowed, Bounds):
        return allowed_text(Bounds(*spelled), language)
    return "" if all(one in sentence for one in spelled) else ", ".join(spelled)
