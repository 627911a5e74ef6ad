"""Commands about the people who sign in to the pages."""

from typing import TYPE_CHECKING

from api.cli import options, person_options
from api.cli.counter import room, taught
from api.cli.installation import database, now, settings
from api.cli.language import Text
from api.cli.screen import say, table

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.people import Person

person = room("person", Text("Кто может войти на страницы", "Who may sign in to the pages"))


@taught(
    person,
    "add",
    Text(
        "Впустить человека. Ссылка для входа показывается один раз; по ней он выберет пароль.",
        "Let a person in. A link to sign in is shown once; with it the person chooses a password.",
    ),
    'abonement person add kotova@north.example "Котова И. Л." --role sales',
    'abonement person add buh@romashka.example "Иванова М. П." --role client_admin --client 1',
)
def add(
    email: person_options.PersonEmail,
    name: person_options.PersonName,
    role: person_options.PersonRole,
    client_id: options.Client = None,
) -> None:
    """Let somebody sign in, and show the one-time link."""
    from api import roles
    from api.database import transaction
    from api.inviting import add_person

    with database() as engine, transaction(engine) as session:
        added = add_person(
            session,
            email,
            name,
            roles.PersonRole(role),
            client_id=client_id,
            language=settings().language,
            at=now(),
        )
        link = _link(session, added)
    say(Text("Ссылка для входа, больше не будет показана:", "The link to sign in, not shown again:"))
    say(link)


@taught(
    person,
    "invite",
    Text("Сделать новую ссылку для входа вместо прежней.", "Make a new link to sign in, in place of the last."),
    "abonement person invite kotova@north.example",
)
def invite(email: person_options.PersonEmail) -> None:
    """Make another one-time link."""
    from api.database import transaction
    from api.inviting import person_of

    with database() as engine, transaction(engine) as session:
        link = _link(session, person_of(session, email))
    say(Text("Ссылка для входа, больше не будет показана:", "The link to sign in, not shown again:"))
    say(link)


@taught(
    person,
    "disable",
    Text("Закрыть вход: все сеансы кончаются сразу.", "Let a person in no more: every session ends at once."),
    "abonement person disable kotova@north.example",
)
def disable(email: person_options.PersonEmail) -> None:
    """Sign a person out everywhere, for good."""
    from api import inviting
    from api.database import transaction

    with database() as engine, transaction(engine) as session:
        inviting.disable(session, inviting.person_of(session, email), at=now())
    say(Text(f"{email} больше не войдёт.", f"{email} cannot sign in any more."))


@taught(person, "list", Text("Показать, кто может войти.", "List who may sign in."), "abonement person list")
def list_people() -> None:
    """Show everybody who may sign in, by name."""
    from sqlmodel import select

    from api.database import reading
    from api.people import Person

    with database() as engine, reading(engine) as session:
        found = session.exec(select(Person).order_by(Person.name)).all()
    heads = [
        Text("Имя", "Name"),
        Text("Почта", "E-mail"),
        Text("Роль", "Role"),
        Text("Клиент", "Client"),
        Text("Вход закрыт", "Disabled"),
    ]
    ended = [f"{one.disabled_at:%Y-%m-%d}" if one.disabled_at else "" for one in found]
    table(heads, [(p.name, p.email, p.role, p.client_id or "", end) for p, end in zip(found, ended, strict=True)])


def _link(session: "Session", added: "Person") -> str:
    from api.signing_in import make_link

    outside = settings().public_url or "http://127.0.0.1:8000"
    return f"{outside}/sign-in/link#{make_link(session, added, at=now())}"
