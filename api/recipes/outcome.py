"""What a recipe does with a ticket, and the note that it leaves there for the desk officer."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Unpack

from api.client import CallWrong, DeskClient, Gate, Passage, Passes, Question, WorkQueue

NAME = "Abonement"
"""What every note begins with."""

WITHOUT_ANSWER = {
    ("ru", True): "Ответа нет: учёт абонементов недоступен. По правилу службы обслуживаем, работу запишем позже.",
    ("ru", False): "Ответа нет: учёт абонементов недоступен. По правилу службы не обслуживаем, пока он не ответит.",
    ("en", True): "No answer: Abonement is away. By the desk's choice the request is served, work is recorded later.",
    ("en", False): "No answer: Abonement is away. By the desk's choice nothing is served until it answers.",
}
BY_PASS = {
    "ru": "Ответа нет, по автономному пропуску:",
    "en": "No answer, by the offline pass:",
}
WRONG = {
    "ru": "Вопрос задан неверно, решает человек.",
    "en": "The question was wrong; a person decides.",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether the ticket goes on, and what is noted in it; `code` is the reason, for programs."""

    serve: bool
    code: str
    note: str


def ask(gate: Gate, language: str, **question: Unpack[Question]) -> Outcome:
    """Ask about a ticket. Raises `Unavailable` where the gate's choice is to raise."""
    try:
        passage = gate.check(**question)
    except CallWrong as wrong:
        told = f" ({wrong.field})" if wrong.field else ""
        return Outcome(False, wrong.code, f"{NAME}: {WRONG[language]} {wrong.title}{told}")
    return Outcome(passage.serve, *_told(passage, language))


def _told(passage: Passage, language: str) -> tuple[str, str]:
    if passage.verdict is not None:
        return passage.verdict.reason, f"{NAME}: {BY_PASS[language]} {passage.verdict.text} [{passage.verdict.reason}]"
    if passage.answer is None:
        return "UNAVAILABLE", f"{NAME}: {WITHOUT_ANSWER[language, passage.serve]}"
    answer = passage.answer
    return answer.reason, f"{NAME}: {answer.text} [{answer.reason}, {answer.decision_id}]"


def mark_of(secret: str, ticket: int) -> str:
    """What the note in a ticket ends with, so that a repeated webhook finds it and leaves no second one.

    Only who knows the webhook's secret can write it, so nothing that a sender writes is taken for the note; and it
    holds for this ticket alone.
    """
    return hmac.new(secret.encode(), f"the note in {ticket}".encode(), hashlib.sha256).hexdigest()[:20]


def gate_of(environment: Mapping[str, str]) -> tuple[Gate, str]:
    """The gate that the environment describes, and its language; a choice that is not made is an error.

    Raises `KeyError` with the name of a variable that is missing, and `ValueError`.
    """
    language = environment.get("ABONEMENT_LANGUAGE", "ru")
    if language not in ("ru", "en"):
        raise ValueError("ABONEMENT_LANGUAGE must be ru or en")
    url, api_key = environment["ABONEMENT_URL"], environment["ABONEMENT_API_KEY"]
    desk = DeskClient(url, api_key, language="en" if language == "en" else "ru")
    choice = environment["ABONEMENT_ON_UNAVAILABLE"]
    queue = WorkQueue(environment["ABONEMENT_QUEUE"]) if choice == "serve_and_queue" else None
    passes = Passes(environment["ABONEMENT_PASSES"]) if choice == "go_by_pass" else None
    return Gate(desk, on_unavailable=choice, queue=queue, passes=passes), language  # type: ignore[arg-type]  # it checks
