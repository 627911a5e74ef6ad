"""Commands about letters: where a client's papers are mailed, what was sent, sending by hand, and again."""

from typing import TYPE_CHECKING, Annotated, Any

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now, settings
from api.cli.language import Text
from api.cli.parties import client
from api.cli.repeating import once
from api.cli.screen import as_json, say, table
from api.cli.values import argument, flag, identifier, one_of, option
from contracts.paper_ways import PaperWay

if TYPE_CHECKING:
    from sqlmodel import Session

    from documents.letters import Letter

letters = room("letter", Text("Письма: с документами и другие", "Letters: with papers and others"))

STATES = ("queued", "sent", "failed", "withdrawn", "stopped")
Address = Annotated[
    str, argument("почта контакта клиента", "e-mail of a contact of the client", Text("ПОЧТА", "EMAIL"))
]
Way = Annotated[
    str,
    option(
        "--way",
        "как: attachment — вложением, link — ссылкой",
        "how: attachment or link",
        one_of(*PaperWay),
        "|".join(PaperWay),
    ),
]
Withdraw = Annotated[bool, flag("--stop", "больше не присылать", "send no more")]
LetterId = Annotated[int, argument("номер письма", "id of the letter", Text("ПИСЬМО", "LETTER"), identifier)]
PaperIds = Annotated[
    list[int], argument("номера документов", "ids of the papers", Text("ДОКУМЕНТЫ", "PAPERS"), identifier)
]
AskedBy = Annotated[str, option("--by", "кто просит", "who asks", metavar=options.NAME)]
State = Annotated[
    str | None,
    option("--state", f"только эти: {', '.join(STATES)}", f"only these: {', '.join(STATES)}", one_of(*STATES)),
]
HEADS = (
    Text("Письмо", "Letter"),
    Text("Кому", "To"),
    Text("Тема", "Subject"),
    Text("Состояние", "State"),
    Text("Ответ сервера", "The server said"),
)


@taught(
    client,
    "papers",
    Text(
        "Выбрать, на какую почту и как присылать документы клиента, когда их выпустят.",
        "Choose where and how a client's papers are mailed when they are issued.",
    ),
    "abonement client papers 12 buh@romashka.example",
    "abonement client papers 12 buh@romashka.example --way link",
    "abonement client papers 12 buh@romashka.example --stop",
)
def choose_address(
    client_id: options.ClientId, email: Address, way: Way = PaperWay.ATTACHMENT, stop: Withdraw = False
) -> None:
    """Mail the client's papers to an address of a contact from now on, or no more (P2)."""
    from api.database import transaction
    from contracts.paper_addresses import choose_paper_address, withdraw_paper_address

    with database() as engine, transaction(engine) as session:
        if stop:
            told = withdraw_paper_address(session, client_id, email).email
            say(Text(f"Документы больше не идут на {told}.", f"Papers no longer go to {told}."))
        else:
            told = choose_paper_address(session, client_id, email, PaperWay(way), at=now()).email
            say(Text(f"Документы клиента {client_id} идут на {told}.", f"Papers of client {client_id} go to {told}."))


@taught(
    letters,
    "list",
    Text("Показать письма и что с ними стало.", "Show letters and what became of them."),
    "abonement letter list --client 12",
    "abonement letter list --state failed --json",
)
def list_letters(client: options.Client = None, state: State = None, json: options.AsJson = False) -> None:
    """The letters of a client, of a state, or all."""
    from sqlmodel import col, select

    from api.database import reading
    from documents.letters import Letter, LetterState

    found = select(Letter).order_by(col(Letter.id))
    if client is not None:
        found = found.where(Letter.client_id == client)
    if state is not None:
        found = found.where(Letter.state == LetterState(state))
    with database() as engine, reading(engine) as session:
        rows = session.exec(found).all()
    if json:
        as_json([_told(one) for one in rows])
    else:
        table(HEADS, [(one.id, one.recipient, one.subject, one.state, one.problem) for one in rows])


@taught(
    letters,
    "send",
    Text(
        "Отправить документы, которых ещё не отправляли: всем, кому клиент поручил их получать.",
        "Mail papers that were never mailed, to everybody whom the client chose for papers.",
    ),
    'abonement letter send 41 42 --by "Котова И. Л."',
)
def send(paper_ids: PaperIds, asked_by: AskedBy, key: options.Key = None) -> None:
    """Queue letters with the papers; a worker sends them."""
    from documents.mailing_by_hand import send_papers

    days = settings().link_days_outside

    def act(session: "Session") -> dict[str, Any]:
        return {"letters": [_told(one) for one in send_papers(session, paper_ids, asked_by, days, at=now())]}

    with database() as engine:
        _say_queued(once(engine, key, ["letter send", paper_ids, asked_by], act)["letters"])


@taught(
    letters,
    "resend",
    Text("Отправить документы письма ещё раз, новым письмом.", "Mail a letter's papers once more, as a new letter."),
    'abonement letter resend 7 --by "Котова И. Л." --reason "Клиент не нашёл письмо"',
)
def resend(letter_id: LetterId, asked_by: AskedBy, reason: options.Reason, key: options.Key = None) -> None:
    """Queue a new letter with the same papers to the same address."""
    from documents.mailing_by_hand import resend_letter

    said, days = (letter_id, asked_by, reason), settings().link_days_outside
    with database() as engine:
        again = once(
            engine, key, ["letter resend", *said], lambda session: _told(resend_letter(session, *said, days, at=now()))
        )
    _say_queued([again])


@taught(
    letters,
    "revoke",
    Text("Отозвать ссылки письма: больше не откроют ничего.", "Revoke a letter's links: they open nothing any more."),
    'abonement letter revoke 7 --by "Котова И. Л." --reason "Отправлено не тому"',
)
def revoke(letter_id: LetterId, revoked_by: AskedBy, reason: options.Reason, key: options.Key = None) -> None:
    """Take back the links of a letter."""
    from documents.mailing_by_hand import revoke_links

    said = (letter_id, revoked_by, reason)
    with database() as engine:
        once(
            engine,
            key,
            ["letter revoke", *said],
            lambda session: {"letter_id": revoke_links(session, *said, at=now()).letter_id},
        )
    say(Text(f"Ссылки письма {letter_id} отозваны.", f"The links of letter {letter_id} are revoked."))


def _told(letter: "Letter") -> dict[str, Any]:
    named = ("id", "client_id", "recipient", "subject", "state", "problem", "attempts", "queued_at", "sent_at")
    return letter.model_dump(mode="json", include=set(named))


def _say_queued(queued: list[dict[str, Any]]) -> None:
    for one in queued:
        say(
            Text(
                f"В очереди: письмо {one['id']} на {one['recipient']}.",
                f"Queued: letter {one['id']} to {one['recipient']}.",
            )
        )
