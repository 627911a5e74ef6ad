"""Commands for what clients object to on their statements."""

from typing import Annotated, Any

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now, settings
from api.cli.language import Text
from api.cli.repeating import once
from api.cli.screen import as_json, facts, say, table
from api.cli.values import argument, identifier, one_of, option, whole

objection = room("objection", Text("Возражения клиентов по строкам отчётов", "Objections to lines of statements"))
STATES = ("undecided", "upheld", "rejected")
ObjectionId = Annotated[
    int, argument("номер возражения", "number of the objection", Text("ВОЗРАЖЕНИЕ", "OBJECTION"), identifier)
]
State = Annotated[
    str | None, option("--state", "только в этом состоянии", "only in this state", one_of(*STATES), "|".join(STATES))
]
Chosen = Annotated[
    str, argument("принять или отклонить", "uphold it or reject it", "upheld|rejected", one_of(*STATES[1:]))
]
Standing = Annotated[
    int,
    option(
        "--minutes",
        "сколько отработанных минут остаётся; без него строка возвращается целиком",
        "how many worked minutes stand; without it the whole line is credited",
        whole(0, 44640),
        options.MINUTES,
    ),
]
Said = Annotated[str, argument("текст", "what is said", Text("ТЕКСТ", "TEXT"))]
Why = Annotated[str, option("--reason", "почему", "why")]
By = Annotated[str, option("--by", "кто", "who")]

HEADS = (
    Text("Номер", "Number"),
    Text("Клиент", "Client"),
    Text("Месяц", "Month"),
    Text("Строка", "Line"),
    Text("Возражение", "Objection"),
    Text("Состояние", "State"),
)
COLUMNS = ("id", "client_id", "month", "line", "text", "state")


@taught(
    objection,
    "list",
    Text("Показать возражения; сначала старые.", "Show the objections, the oldest first."),
    "abonement objection list --state undecided",
    "abonement objection list --inn 7707083893 --json",
)
def list_all(
    state: State = None, inn: options.AnyInn = None, kpp: options.Kpp = None, json: options.AsJson = False
) -> None:
    """The objections of a client, or all."""
    from api.cli.naming import entity_named
    from api.database import reading
    from entitlements.objection_facts import list_objections
    from entitlements.objection_states import ObjectionState

    with database() as engine, reading(engine) as session:
        client_id = entity_named(session, inn, kpp).client_id if inn is not None else None
        found = list_objections(session, state=None if state is None else ObjectionState(state), client_id=client_id)
    rows = [_told(one) for one in found]
    if json:
        as_json(rows)
    elif rows:
        table(HEADS, [[row[name] for name in COLUMNS] for row in rows])
    else:
        say(Text("Возражений нет.", "No objections."))


def _told(record: Any) -> dict[str, Any]:
    told: dict[str, Any] = record._asdict()
    return told | {"month": f"{record.month:%Y-%m}", "state": record.state.value}


@taught(
    objection,
    "show",
    Text("Показать возражение и его обсуждение.", "Show an objection and its thread."),
    "abonement objection show 3",
)
def show(objection_id: ObjectionId) -> None:
    """One objection."""
    from api.database import reading
    from entitlements.objection_facts import comments_of, objection_record

    with database() as engine, reading(engine) as session:
        told = _told(objection_record(session, objection_id))
        thread = [(one.said_by, one.text) for one in comments_of(session, objection_id)]
    facts([*zip(HEADS, [told[name] for name in COLUMNS], strict=True), (told["said_by"], told["text"]), *thread])
    if told["decided_by"]:
        facts([(told["decided_by"], told["reason"])])


@taught(
    objection,
    "comment",
    Text("Ответить клиенту в обсуждении возражения.", "Answer the client in the thread of an objection."),
    'abonement objection comment 3 "Проверяем запись звонка" --by "Орлова Н. В."',
)
def add_comment(objection_id: ObjectionId, text: Said, said_by: By, key: options.Key = None) -> None:
    """Say something before it is decided."""
    from entitlements import objecting
    from entitlements.objections import Side

    def add(session: Any) -> dict[str, Any]:
        said = {"text": text, "said_by": said_by}
        return {"id": objecting.comment(session, objection_id, side=Side.STAFF, **said, at=now()).id}

    with database() as engine:
        once(engine, key, ["objection comment", objection_id, text, said_by], add)
    say(Text(f"Возражение {objection_id}: ответ записан.", f"Objection {objection_id}: the comment is recorded."))


@taught(
    objection,
    "decide",
    Text(
        "Принять возражение, тогда следующий отчёт вернёт строку или её часть, или отклонить его.",
        "Uphold an objection, so that the next statement credits the line or a part of it, or reject it.",
    ),
    'abonement objection decide 3 upheld --minutes 10 --reason "По записи звонка" --by "Орлова Н. В."',
    'abonement objection decide 4 rejected --reason "Есть подписанный лист" --by "Орлова Н. В."',
)
def decide(
    objection_id: ObjectionId,
    outcome: Chosen,
    reason: Why,
    decided_by: By,
    minutes: Standing = 0,
    key: options.Key = None,
) -> None:
    """Decide an objection, once (P6)."""
    from entitlements import objecting

    def act(session: Any) -> dict[str, Any]:
        said = {"reason": reason, "decided_by": decided_by}
        if outcome == "upheld":
            return {"id": objecting.uphold(session, objection_id, **said, standing_minutes=minutes, at=now()).id}
        return {"id": objecting.reject(session, objection_id, **said, at=now()).id}

    with database() as engine:
        once(engine, key, ["objection decide", objection_id, outcome, reason, decided_by, minutes], act)
    say(Text(f"Возражение {objection_id}: {outcome}.", f"Objection {objection_id}: {outcome}."))


NEWS_HEADS = (
    Text("Что", "What"),
    Text("Клиент", "Client"),
    Text("Отчёт", "Statement"),
    Text("Строка", "Line"),
    Text("День", "Day"),
    Text("Кому", "To"),
)


@taught(
    objection,
    "remind",
    Text(
        "Напомнить о сроках по возражениям и сообщить решения, всё по одному разу. Работник делает это сам.",
        "Remind of the last days for objections and tell decisions, each once. A worker does so by itself.",
    ),
    "abonement objection remind --dry-run",
    "abonement objection remind",
)
def remind(dry_run: options.DryRun = False) -> None:
    """Tell what is due, or show it, and name whom nobody can write to (P6)."""
    from api.reminding import news_of_objections, require_mail, send_letters, tell_news
    from documents.words import Language

    with database() as engine:
        news = news_of_objections(engine, Language(settings().language), now())
        if not dry_run:
            require_mail(settings())
            silent = [one for one in news if not one.letters]
            news = [*tell_news(engine, news, now), *silent]
            send_letters(engine, settings(), now)
    nobody = str(Text("некому: нет адреса", "nobody: no address"))
    table(NEWS_HEADS, [
        (_news_named(one.news), one.client, one.number, one.line or "", one.day, ", ".join(one.letters) or nobody)
        for one in news
    ])  # fmt: skip


def _news_named(news: str) -> Text:
    return {
        "last_day": Text("последний день возражений", "last day for objecting"),
        "decision_soon": Text("скоро решать", "decision due soon"),
        "decision_due": Text("срок решения", "decision due"),
        "decided": Text("решение", "decision"),
    }[news]
