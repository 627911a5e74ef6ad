"""Commands for requests beyond the hours that wait for a manager."""

from datetime import date
from typing import Annotated, Any

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.screen import as_json, say, table
from api.cli.values import argument, identifier, month, one_of, option
from entitlements.case_states import CaseState

case = room("case", Text("Перерасходы: запросы сверх часов за месяц", "Over-limit cases: requests beyond the hours"))
CHOSEN = [state.value for state in CaseState.NEW.followers]
CaseId = Annotated[
    int, argument("номер перерасхода", "number of the over-limit case", Text("ПЕРЕРАСХОД", "CASE"), identifier)
]
Chosen = Annotated[
    str,
    argument(
        "решение: присмотреть, оплата, отказ, простить",
        "decision: served and watched, paid, refused, not charged",
        "|".join(CHOSEN),
        one_of(*CHOSEN),
    ),
]
Seen = Annotated[
    str,
    option("--seen", "состояние, которое вы видели", "the state that you saw", one_of(*CaseState), "|".join(CaseState)),
]
State = Annotated[
    str | None,
    option("--state", "только в этом состоянии", "only in this state", one_of(*CaseState), "|".join(CaseState)),
]
Month = Annotated[
    date | None, option("--month", "только за этот месяц", "only of this month", month, Text("ГГГГ-ММ", "YYYY-MM"))
]
Note = Annotated[str, option("--note", "примечание", "note")]

HEADS = (
    Text("Номер", "Number"),
    Text("Клиент", "Client"),
    Text("Месяц", "Month"),
    Text("Состояние", "State"),
    Text("Ждут", "Wait"),
    Text("Решил", "Decided by"),
)


@taught(
    case,
    "list",
    Text("Показать перерасходы и сколько запросов ждут.", "Show the over-limit cases and how many requests wait."),
    "abonement case list --state new",
    "abonement case list --inn 7707083893 --json",
)
def list_cases(
    state: State = None,
    month: Month = None,
    inn: options.AnyInn = None,
    kpp: options.Kpp = None,
    json: options.AsJson = False,
) -> None:
    """The cases of a client, or all."""
    from api.cli.naming import entity_named
    from api.database import reading
    from entitlements import over_limit_facts

    with database() as engine, reading(engine) as session:
        client_id = entity_named(session, inn, kpp).client_id if inn is not None else None
        chosen = None if state is None else CaseState(state)
        found = over_limit_facts.list_cases(session, state=chosen, month=month, client_id=client_id)
    rows: list[dict[str, Any]] = [
        {
            "id": one.id,
            "client_id": one.client_id,
            "month": f"{one.month:%Y-%m}",
            "state": one.state.value,
            "waiting_requests": one.waiting_requests,
            "decided_by": one.decided_by or "",
        }
        for one in found
    ]
    if json:
        as_json(rows)
    elif rows:
        table(HEADS, [list(row.values()) for row in rows])
    else:
        say(Text("Перерасходов нет.", "No over-limit cases."))


@taught(
    case,
    "decide",
    Text(
        "Решить по перерасходу: все ждущие запросы сразу пойдут в работу или закроются.",
        "Decide an over-limit case: all requests that wait are released or closed at once.",
    ),
    'abonement case decide 5 bill --by "Орлова Н. В." --note "Отчётный период"',
    'abonement case decide 5 forgiven --seen bill --by "Орлова Н. В."',
)
def decide_case(
    case_id: CaseId, state: Chosen, decided_by: options.ClaimedBy, note: Note = "", seen: Seen = CaseState.NEW.value
) -> None:
    """Bring a case from the state that was seen to another (D6)."""
    from api.database import transaction
    from entitlements import over_limit

    with database() as engine, transaction(engine) as session:
        said = {"decided_by": decided_by, "note": note, "seen": CaseState(seen)}
        over_limit.decide_case(session, case_id, CaseState(state), at=now(), **said)  # type: ignore[arg-type]
    say(Text(f"Перерасход {case_id}: {state}.", f"Over-limit case {case_id}: {state}."))
