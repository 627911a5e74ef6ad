"""Commands about letters that came back: taking a report, the bounce list, and trusting an address again."""

from pathlib import Path
from typing import Annotated, Any

from api.cli import options
from api.cli.counter import taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.letters import letters
from api.cli.repeating import once
from api.cli.screen import as_json, say, table
from api.cli.values import argument, existing_file, flag, option

ReportFile = Annotated[
    Path,
    argument(
        "письмо почтового сервера о недоставке; /dev/stdin, если подаёт сам сервер",
        "the mail server's report; /dev/stdin where the server itself pipes it",
        Text("ФАЙЛ", "FILE"),
        existing_file,
    ),
]
Email = Annotated[str, argument("адрес из списка", "an address of the list", Text("ПОЧТА", "EMAIL"))]
ClearedBy = Annotated[str, option("--by", "кто это решил", "who decided it", metavar=options.NAME)]
All = Annotated[bool, flag("--all", "и те, что ничего не останавливают", "those that stop nothing too")]
HEADS = (
    Text("Письмо", "Letter"),
    Text("Адрес", "Address"),
    Text("Код", "Status"),
    Text("Ответ сервера", "The server said"),
    Text("Когда", "When"),
)


@taught(
    letters,
    "bounce",
    Text(
        "Принять отчёт почтового сервера о том, что письмо не доставлено.",
        "Take a mail server's report that a letter was not delivered.",
    ),
    "abonement letter bounce report.eml",
)
def bounce(file: ReportFile) -> None:
    """Match a report (RFC 3464) to its letter; the same report again changes nothing."""
    from api.database import transaction
    from documents.bouncing import record_report

    content = file.read_bytes()
    with database() as engine, transaction(engine) as session:
        found = record_report(session, content, at=now())
    if found is None:
        say(Text("Письмо доставлено.", "The letter was delivered."))
    elif found.is_hard:
        say(Text(f"На {found.address} больше не пишем: {found.said}", f"Nothing goes to {found.address}: {found.said}"))
    else:
        say(Text(f"Записано, пишем дальше: {found.said}", f"Recorded, letters go on: {found.said}"))


@taught(
    letters,
    "bounces",
    Text("Показать адреса, на которые письма больше не идут.", "Show the addresses to which nothing goes any more."),
    "abonement letter bounces",
    "abonement letter bounces --all --json",
)
def list_bounces(every: All = False, json: options.AsJson = False) -> None:
    """The bounce list, or every letter that came back."""
    from api.database import reading
    from documents.bouncing import bounces

    with database() as engine, reading(engine) as session:
        found = bounces(session, listed=not every)
    if json:
        as_json([one.model_dump(mode="json") for one in found])
    else:
        table(
            HEADS, [(one.letter_id, one.address, one.status, one.said, f"{one.bounced_at:%d.%m.%Y}") for one in found]
        )


@taught(
    letters,
    "clear",
    Text(
        "Снова писать на адрес; остановленные для него письма уйдут, если ещё нужны.",
        "Trust an address again; letters stopped for it leave, if they are still news.",
    ),
    'abonement letter clear buh@romashka.example --by "Котова И. Л." --reason "Ящик починили"',
)
def clear(email: Email, cleared_by: ClearedBy, reason: options.Reason, key: options.Key = None) -> None:
    """Take an address off the bounce list."""
    from documents.bouncing import clear_address

    said = (email, cleared_by, reason)

    def act(session: Any) -> dict[str, Any]:
        return {"letters": len(clear_address(session, *said, at=now()))}

    with database() as engine:
        count = once(engine, key, ["letter clear", *said], act)["letters"]
    say(Text(f"На {email} снова пишем. Писем в очереди: {count}.", f"Letters go to {email} again. Queued: {count}."))
