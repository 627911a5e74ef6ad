"""The command that replays a client's past months under another plan."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from api.cli import options
from api.cli.counter import app, taught
from api.cli.installation import database, now
from api.cli.language import Text, language
from api.cli.offering import new_file
from api.cli.screen import as_json, facts, say, table
from api.cli.values import month, one_of, option, whole

if TYPE_CHECKING:
    from billing.replay import Replay, Side
    from contracts.money import Money
    from documents.replay import ReplaySheet

_MONTH = Text("месяц", "month")
First = Annotated[
    date | None, option("--from", "первый месяц; без него год", "first month; a year without it", month, _MONTH)
]
Last = Annotated[
    date | None, option("--to", "последний месяц; без него текущий", "last month; else the running one", month, _MONTH)
]
TriedPlan = Annotated[
    str | None,
    option(
        "--plan", "код тарифа, который примерить; без него свой", "plan to try; the own without", metavar=options.CODE
    ),
]
Version = Annotated[
    int | None,
    option("--version", "его версия; без неё последняя", "its version; else the last", whole(1, 9999), options.NUMBER),
]
Settings = Annotated[
    list[str],
    option(
        "--set",
        "условие иначе: quantum_minutes=30; можно несколько",
        "a setting otherwise: quantum_minutes=30; may be repeated",
        metavar=Text("условие=значение", "setting=value"),
    ),
]
Pdf = Annotated[
    Path | None, option("--pdf", "напечатать в этот файл", "print to this file", new_file, Text("файл", "file"))
]
PaperLanguage = Annotated[
    str | None, option("--language", "язык печати; без него язык команды", "of the print", one_of("ru", "en"), "ru|en")
]

HEADS = (
    Text("Месяц", "Month"),
    Text("Отработано", "Worked"),
    Text("Учтено", "Billed"),
    Text("Дано", "Given"),
    Text("Из часов", "Drawn"),
    Text("Сгорело", "Burnt"),
    Text("Сверх", "Over"),
    Text("Сумма сверх", "Charged"),
    Text("Цена срока", "Price"),
    Text("Отказов", "Refused"),
)
ANSWER_HEADS = (
    Text("День", "Day"),
    Text("Обращение", "Ticket"),
    Text("Было", "Was"),
    Text("Было бы", "Would be"),
)
ALL = Text("Всего", "All")
OPEN = Text("не закрыт", "not closed")


@taught(
    app,
    "replay",
    Text(
        "Посчитать прошлые месяцы клиента по другому плану или с другим условием: было → было бы.",
        "Reckon a client's past months under another plan, or with a setting otherwise: was → would be.",
    ),
    "abonement replay --inn 7707083893 --from 2026-08 --to 2026-10 --plan service-8h",
    "abonement replay --inn 7707083893 --from 2026-08 --to 2026-10 --set quantum_minutes=30",
    "abonement replay --inn 7707083893 --from 2026-08 --to 2026-10 --plan service-8h --pdf replay.pdf",
)
def replay(
    inn: options.Inn,
    first: First = None,
    last: Last = None,
    plan: TriedPlan = None,
    version: Version = None,
    settings: Settings = [],  # noqa: B006 - typer copies it
    subscription: options.Subscription = None,
    kpp: options.Kpp = None,
    seller: options.SellerCode = None,
    pdf: Pdf = None,
    paper_language: PaperLanguage = None,
    json: options.AsJson = False,
) -> None:
    """Show the months of a client side by side (H15); nothing is written."""
    from api.cli.naming import entity_named, seller_named
    from api.database import reading
    from billing import replaying
    from contracts.errors import Refusal
    from contracts.trying import settings_named, version_named
    from documents.drawing_replay import draw_replay
    from documents.words import Language

    if version is not None and plan is None:
        raise Refusal("FIELD_REQUIRED", field="plan", value=None)
    with database() as engine, reading(engine) as session:
        client_id = entity_named(session, inn, kpp).client_id
        named = None if seller is None else seller_named(session, seller).id
        of = replaying.seller_to_replay(session, client_id, named)
        span = replaying.months_between(first, last, of, now())
        wanted = None if plan is None else version_named(session, plan, version)
        tried = replaying.Tried(wanted, settings_named(settings), subscription)
        found = replaying.replay(session, client_id, of, span, tried)
        sheet = draw_replay(session, found, at=now(), language=Language(paper_language or language()))
    if pdf is not None:
        _print(sheet, paper_language or language(), pdf)
    elif json:
        _tell(found)
    else:
        _show(sheet)


def _print(sheet: "ReplaySheet", spoken: str, file: Path) -> None:
    import msgspec

    from documents.render import Press

    with Press(1) as press:
        file.write_bytes(press.render("replay", 1, spoken, msgspec.json.encode(sheet)))
    facts(((Text("Файл", "File"), file),))


def _tell(found: "Replay") -> None:
    from api.v1.replays import replay_told

    as_json(replay_told(found).model_dump(mode="json"))


def _show(sheet: "ReplaySheet") -> None:
    from documents.reason_table import MEANINGS
    from documents.words import Language
    from entitlements.durations import clock

    rows: list[list[object]] = []
    for day, is_closed, worked, held, tried in sheet.rows:
        name = ALL if day is None else f"{day:%Y-%m}{'' if is_closed else f' ({OPEN})'}"
        cells = [f"{was} → {would}" for was, would in zip(_cells(held), _cells(tried), strict=True)]
        rows.append([name, clock(worked), *cells])
    table(HEADS, rows)
    meanings = {reason: said[Language(language())] for reason, said in MEANINGS.items()}
    changed = [
        (one.asked_on, one.ticket, meanings[one.held.reason], meanings[one.tried.reason]) for one in sheet.other_answers
    ]
    if changed:
        table(ANSWER_HEADS, changed)
    say(Text(
        f"Вопросов: {sheet.replay.asked}; другой ответ: {len(changed)}; другой остаток: {sheet.other_hours}.",
        f"Questions: {sheet.replay.asked}; another answer: {len(changed)}; only other hours left: {sheet.other_hours}.",
    ))  # fmt: skip


def _cells(side: "Side") -> list[str]:
    """A side's figures in the order of `HEADS`."""
    from entitlements.durations import clock

    parts, hours = side.parts, side.hours
    minutes = (
        parts.billed_minutes,
        hours.given_minutes,
        parts.drawn_minutes,
        hours.burnt_minutes,
        parts.overage_minutes,
    )
    waiting = f"+{side.awaiting}" if side.awaiting else ""
    return [*map(clock, minutes), _amount(side.charged), _amount(side.price), f"{side.refused}{waiting}"]


def _amount(amount: "Money | None") -> str:
    return "—" if amount is None else str(amount)
