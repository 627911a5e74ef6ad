"""The desk's question on the command line: the same decision as over HTTP, stored alike."""

from typing import TYPE_CHECKING, Any

from api.cli import options, request_options
from api.cli.counter import app, taught
from api.cli.installation import database, now, settings
from api.cli.language import Text
from api.cli.screen import as_json, facts, say
from contracts.policies import Channel
from contracts.support_lines import INTAKE

if TYPE_CHECKING:
    from entitlements.answers import Decision

VERDICTS = {
    "allow": Text("ДА", "YES"),
    "allow_with_warning": Text("ДА, НО", "YES, BUT"),
    "needs_approval": Text("СОГЛАСОВАТЬ", "ASK FIRST"),
    "deny": Text("НЕТ", "NO"),
}


@taught(
    app,
    "check",
    Text(
        "Спросить, можно ли обслужить обращение и за счёт каких часов. Отказ — тоже ответ: статус 0.",
        "Ask whether a request may be served and out of which hours. A no is an answer too: status 0.",
    ),
    "abonement check --inn 7707083893 --minutes 60",
    'abonement check --registration 800123456 --service visit --at "2026-10-05 10:00" --json',
)
def check(
    inn: options.AnyInn = None,
    minutes: options.Minutes = None,
    service: options.Service = None,
    registration: options.Registration = None,
    client: options.Client = None,
    external_id: request_options.ExternalId = None,
    email: request_options.Email = None,
    phone: request_options.Phone = None,
    at: options.At = None,
    ticket: options.Ticket = "",
    priority: request_options.Priority = None,
    feature: request_options.Feature = None,
    channel: request_options.Channel = None,
    line: request_options.Line = INTAKE,
    contact_email: request_options.AskerEmail = None,
    contact_phone: request_options.AskerPhone = None,
    locale: options.AnswerLocale = None,
    json: options.AsJson = False,
) -> None:
    """Answer the desk's question and store the answer (D1, D2, E5)."""
    from api.cli.naming import local_zone
    from api.cli.values import in_zone
    from api.database import transaction
    from contracts.requisites import normal_contact
    from documents.words import Language
    from entitlements.answers import Question
    from entitlements.desk import Caller
    from entitlements.desk import check as decide

    keys = _keys(client, external_id, inn, registration, email, phone)
    _require_one_thing(service, feature)
    who = normal_contact(contact_email, contact_phone)
    evaluated_at = now()
    with database() as engine, transaction(engine) as session:
        asked_at = in_zone(at, local_zone(session, None)) if at is not None else evaluated_at
        by = None if channel is None else Channel(channel)
        question = Question(asked_at, registration, service, minutes, line, priority, by, feature, who)
        decision = decide(session, Caller(keys), question)
        told, decision_id = _kept(session, decision, question, keys, ticket, evaluated_at)
    _show(told, decision_id, evaluated_at, Language(locale or settings().language), json)


_KEYS = {
    "id": "--client",
    "external_id": "--external-id",
    "inn": "--inn",
    "registration_number": "--registration",
    "email": "--email",
    "phone": "--phone",
}
"""The keys that name a client, with the options that give them."""


def _keys(*given: int | str | None) -> dict[str, Any]:
    """The keys that were given, in their order."""
    from contracts.errors import Refusal

    keys = {name: value for name, value in zip(_KEYS, given, strict=True) if value is not None}
    if not keys:
        raise Refusal("KEY_OF_CLIENT_REQUIRED", allowed=list(_KEYS.values()))
    return keys


def _require_one_thing(service: str | None, feature: str | None) -> None:
    from contracts.errors import Refusal

    if service is not None and feature is not None:
        raise Refusal("FIELD_WRONG", field="--feature", value=feature, allowed="either --service or --feature")


def _kept(
    session: Any, decision: "Decision", question: Any, keys: Any, ticket: str, evaluated_at: Any
) -> tuple["Decision", str]:
    """The answer as it is told, and the id under which it is stored."""
    from uuid import uuid4

    import msgspec

    from billing.owed import with_what_is_owed
    from entitlements.decision_log import StoredDecision
    from entitlements.desk import Asked, stored

    decision_id = str(uuid4())
    words = msgspec.json.encode({"client": keys, "question": question}).decode()
    session.add(StoredDecision(**stored(decision, Asked(decision_id, "cli", evaluated_at, ticket, words))))
    return with_what_is_owed(session, [decision], known_at=evaluated_at)[0], decision_id


def _show(decision: "Decision", decision_id: str, evaluated_at: Any, language: Any, json: bool) -> None:
    from api.roles import Role
    from api.v1.answers import Telling, answer_of
    from entitlements.durations import clock

    answer = answer_of(decision, Telling(decision_id, evaluated_at, language, Role.ADMIN, explain_full=True))
    if json:
        as_json(answer)
        return
    say(f"{VERDICTS[answer['decision']]}  {answer['reason']}")
    say(answer["text"])
    failed = [rule["code"] for rule in answer["rules"] if not rule["holds"]]
    cover, hours, cost = answer["coverage"], answer["hours"], answer["cost"]
    facts([
        (Text("Клиент", "Client"), answer["client_id"]),
        (Text("Договор", "Contract"), cover and cover["contract"]),
        (Text("Подписка", "Subscription"), cover and cover["subscription_id"]),
        (Text("Последний день", "Last day"), cover and cover["last_day"]),
        (Text("Осталось", "Available"), hours and clock(hours["available"])),
        (Text("Спишется", "Billed"), cost and clock(cost["billed_minutes"])),
        (Text("Сверх часов", "Beyond the hours"), cost and cost["amount"] and f"{cost['amount']} {cost['currency']}"),
        *_due(answer["due"]),
        (Text("Предупреждения", "Warnings"), ", ".join(one["code"] for one in answer["warnings"])),
        *((count["service"], f"{count['available']}/{count['included']}") for count in answer["counts"]),
        (Text("Не выполнено", "Failed rules"), ", ".join(failed)),
        (Text("Ответ записан", "Stored as"), decision_id),
    ])  # fmt: skip


def _due(due: Any) -> list[tuple[Text, Any]]:
    """By when, where the plan promises it (D10)."""
    if due is None:
        return []
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(due["calendar"].rpartition(" ")[2])
    respond_by, resolve_by = (
        moment and f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" for moment in (due["respond_by"], due["resolve_by"])
    )
    return [
        (Text("Ответить до", "Answer by"), respond_by),
        (Text("Решить до", "Solve by"), resolve_by),
        (Text("Срок по календарю", "On the calendar"), f"{due['calendar']}, {due['priority']}"),
    ]
