"""Commands about counted services: taking a use of one, and giving it back."""

from typing import TYPE_CHECKING, Annotated, Any

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now, settings
from api.cli.language import Text
from api.cli.repeating import CALLER, once
from api.cli.screen import facts
from api.cli.values import argument, identifier, option

if TYPE_CHECKING:
    from sqlmodel import Session

uses = room("use", Text("Услуги по счёту: вопросы, выезды", "Counted services: questions, visits"))

Counted = Annotated[str, argument("код услуги", "code of the service", Text("УСЛУГА", "SERVICE"))]
UseId = Annotated[int, argument("номер использования", "id of the use", Text("НОМЕР", "ID"), identifier)]
ReturnedBy = Annotated[str, option("--by", "кто возвращает", "who gives it back", metavar=options.NAME)]


@taught(
    uses,
    "take",
    Text(
        "Использовать услугу по счёту, если она входит в план и осталась; отказ ничего не тратит.",
        "Use a counted service, if the plan includes it and it is left; a no takes nothing.",
    ),
    "abonement use take auditor_question --inn 7707083893 --ticket SD-1042",
)
def take(
    service: Counted,
    inn: options.AnyInn = None,
    client: options.Client = None,
    ticket: options.Ticket = "",
    key: options.Key = None,
) -> None:
    """Ask for a counted service and take the use in the same transaction (D2, D8)."""
    from contracts.errors import Refusal

    keys = {name: value for name, value in {"id": client, "inn": inn}.items() if value is not None}
    if not keys:
        raise Refusal("KEY_OF_CLIENT_REQUIRED", allowed=["--inn", "--client"])
    with database() as engine:
        told = once(
            engine, key, ["use take", service, keys, ticket], lambda session: _take(session, service, keys, ticket)
        )
    facts([
        (Text("Ответ", "Answer"), told["reason"]),
        (Text("Сказать", "To say"), told["text"]),
        (Text("Использование", "Use"), told["use"]),
        (Text("Ответ записан", "Stored as"), told["decision_id"]),
    ])  # fmt: skip


def _take(session: "Session", service: str, keys: dict[str, Any], ticket: str) -> dict[str, Any]:
    from uuid import uuid4

    from api.checking import question_text
    from documents.wording import decision_text
    from documents.words import Language
    from entitlements.answers import Question
    from entitlements.desk import Asked, Caller, hold
    from entitlements.uses import use_of_decision

    words = question_text({"client": keys, "feature": service, "mode": "hold"})
    asked = Asked(str(uuid4()), CALLER, now(), ticket, words)
    decision, _ = hold(session, Caller(keys), Question(asked.evaluated_at, feature=service), asked)
    use = use_of_decision(session, asked.id)
    text = decision_text(decision, Language(settings().language))
    return {
        "reason": decision.reason,
        "text": text,
        "use": None if use is None else use.id,
        "decision_id": asked.id,
    }


@taught(
    uses,
    "give-back",
    Text("Вернуть использование: вопрос снят, выезд отменён.", "Give a use back: the question or visit was withdrawn."),
    'abonement use give-back 7 --by "Котова И. Л." --reason "Вопрос снят"',
)
def give_back(use_id: UseId, returned_by: ReturnedBy, reason: options.Reason, key: options.Key = None) -> None:
    """Let a use count no more."""
    from entitlements.uses import give_back_use

    said = (use_id, returned_by, reason)

    def act(session: Any) -> dict[str, Any]:
        returned = give_back_use(session, *said, at=now())
        return {"use_id": returned.use_id, "returned_at": str(returned.returned_at)}

    with database() as engine:
        told = once(engine, key, ["use give-back", *said], act)
    facts([
        (Text("Использование", "Use"), told["use_id"]),
        (Text("Возвращено", "Given back"), told["returned_at"]),
    ])  # fmt: skip
