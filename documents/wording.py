"""The desk's answers as sentences that a desk officer can read aloud, in Russian and English (rules D2, D6)."""

from collections.abc import Callable
from datetime import date

from contracts.support_lines import SUPPORT_LINES
from documents.reason_sentences import (
    BEYOND,
    CANCELLED_BEFORE,
    CASE,
    LEFT,
    LEFT_BURNING,
    NO_COVER_NEEDED,
    NO_OVERRUN,
    NOBODY_NAMED,
    NOTHING_GIVEN_SENTENCES,
    NOTHING_LEFT,
    NOTHING_LEFT_SENTENCES,
    REGISTRATION_SENTENCES,
    SENTENCES,
    VERDICT_SENTENCES,
    Sentence,
)
from documents.typography import quoted
from documents.words import Language, day_in_figures, day_in_words, hours_in_words, price
from entitlements.answers import Cost, CoverView, Decision, HoursView
from entitlements.covers import CoverKind
from entitlements.options import RENEW_REGISTRATION
from entitlements.reasons import Reason


def decision_text(decision: Decision, language: Language, *, hours: bool = True, money: bool = True) -> str:
    """The answer as one or two sentences: the reason, and the hours left where the request is served from hours.

    Without `money` the sentence keeps prices to itself; without `hours` it is for a caller who may know the verdict and
    the last day alone.
    """
    sentence = _sentence(decision, hours=hours)
    if _is_free(decision):
        sentence = sentence.of_free_period()
    if not hours:
        sentence = sentence.without_names()
    facts = _Facts(decision, language, money)
    text = sentence.said(language, facts)
    if not hours:
        return text
    if decision.reason is Reason.OVERAGE_NEEDS_APPROVAL and decision.case is not None:
        return f"{text} {CASE.said(language, {'case': str(decision.case.id)})}"
    if not decision.is_served_here or decision.hours is None or decision.cost is None:
        return text
    if decision.cost.overage_minutes and decision.reason is not Reason.COVERED_BY_OVERAGE:
        text = f"{text} {BEYOND.said(language, facts)}"
    if decision.cost.billed_minutes and decision.hours.given_minutes:
        return f"{text} {_left(decision.hours, language)}"
    return text


def _sentence(decision: Decision, *, hours: bool) -> Sentence:
    """What is said for the reason, in its other words where the facts ask for them."""
    reason, view = decision.reason, decision.hours
    if reason is Reason.COVERED and decision.cover is None:
        return NO_COVER_NEEDED
    if reason is Reason.CONTRACT_CANCELLED and decision.cover is not None and decision.cover.never_served:
        return CANCELLED_BEFORE
    if reason is Reason.CONTACT_NOT_NAMED and _names_nobody(decision):
        return NOBODY_NAMED
    if reason in REGISTRATION_SENTENCES and any(one.action == RENEW_REGISTRATION for one in decision.options):
        return REGISTRATION_SENTENCES[reason]
    if not hours:
        return VERDICT_SENTENCES.get(reason, SENTENCES[reason])
    if reason is Reason.OVERRUN_LIMIT_REACHED and view is not None and not view.overrun_limit_minutes:
        return NO_OVERRUN
    if view is not None and not view.given_minutes and _is_free(decision):
        return NOTHING_GIVEN_SENTENCES.get(reason, SENTENCES[reason])
    if view is not None and not view.available_minutes:
        return NOTHING_LEFT_SENTENCES.get(reason, SENTENCES[reason])
    return SENTENCES[reason]


def _is_free(decision: Decision) -> bool:
    return decision.cover is not None and decision.cover.kind is CoverKind.FREE_PERIOD


def _names_nobody(decision: Decision) -> bool:
    """Whether the question did not say who asks."""
    return any(rule.code == "CONTACT_NAMED" and not rule.have for rule in decision.rules)


def _left(hours: HoursView, language: Language) -> str:
    """The hours left, and how many of them end first when not all end together."""
    if not hours.available_minutes:
        return NOTHING_LEFT.said(language, {})
    facts = {"available": hours_in_words(hours.available_minutes, language)}
    ends = {grant.last_day for grant in hours.grants}
    if len(ends) < 2:
        return LEFT.said(language, facts)
    first = min(ends)
    burning = sum(grant.remaining_minutes for grant in hours.grants if grant.last_day == first)
    facts |= {"burning": hours_in_words(burning, language), "burns_on": _day(first, language)}
    return LEFT_BURNING.said(language, facts)


class _Facts(dict[str, str]):
    """The facts that a sentence may name, each put into words when it is named."""

    def __init__(self, decision: Decision, language: Language, money: bool) -> None:
        self._decision, self._language, self._money = decision, language, money

    def __missing__(self, name: str) -> str:
        decision, language = self._decision, self._language
        if name == "candidates":
            return ", ".join(f"{_NUMBER[language]}{client_id}" for client_id in decision.candidates)
        if decision.cover is not None and name in _OF_COVER:
            return _OF_COVER[name](decision.cover, language)
        if decision.hours is not None and name in _OF_HOURS:
            return hours_in_words(_OF_HOURS[name](decision.hours), language)
        if decision.cost is not None and name in _OF_COST:
            return hours_in_words(_OF_COST[name](decision.cost), language)
        if decision.override is not None and name == "approved_until":
            return _day(decision.override.last_day, language)
        if name == "unpaid_until":
            return next(_day(one.on, language) for one in decision.warnings if one.code == "PAYMENT_DUE" and one.on)
        if name == "counted_until":
            return _day(decision.counts[0].period_last_day, language)
        if name == "service":
            return _service(decision, language)
        if name == "line":
            line = SUPPORT_LINES[decision.line]
            return quoted(line.name if language is Language.RU else line.name_en, language)
        if name == "amount":  # with the full stop after it, which an abbreviated currency brings along
            amount = decision.cost.amount if self._money and decision.cost is not None else None
            told = f", {price(amount, language)}" if amount is not None else ""
            return told.removesuffix(".") + "."
        raise KeyError(name)


def _service(decision: Decision, language: Language) -> str:
    """The service asked about by its name, the code where it has none."""
    asked, russian = decision.asked, language is Language.RU
    if asked is None:
        return "Эта услуга" if russian else "This service"
    name = quoted((asked.name if russian else asked.name_en) or asked.code, language)
    return f"Услуга {name}" if russian else f"The service {name}"


def _plan(cover: CoverView, language: Language) -> str:
    return (cover.plan_name if language is Language.RU else cover.plan_name_en) or cover.plan_code


_NUMBER = {Language.RU: "№ ", Language.EN: "No. "}
_OF_COVER: dict[str, Callable[[CoverView, Language], str]] = {
    "contract": lambda cover, language: f"{_NUMBER[language]}{cover.contract_number}",
    "plan": lambda cover, language: quoted(_plan(cover, language), language),
    "starts_on": lambda cover, language: _day(cover.starts_on, language),
    "last_day": lambda cover, language: _day(cover.last_day, language),
    "grace_until": lambda cover, language: _day(cover.grace_until or cover.last_day, language),
}
_OF_HOURS: dict[str, Callable[[HoursView], int]] = {
    "available": lambda hours: hours.available_minutes,
    "overrun_limit": lambda hours: hours.overrun_limit_minutes or 0,
}
_OF_COST: dict[str, Callable[[Cost], int]] = {
    "needed": lambda cost: cost.billed_minutes,
    "overage": lambda cost: cost.overage_minutes,
}


def _day(day: date, language: Language) -> str:
    return day_in_figures(day) if language is Language.RU else day_in_words(day, language)
