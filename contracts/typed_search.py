"""Finding the clients that somebody types the beginning of: a name, a number of a taxpayer, a phone, an e-mail."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from contracts.catalogue import Registration
from contracts.errors import Refusal
from contracts.parties import Client, ClientContact, ClientWord, ContactAddress, Entity
from contracts.queries import clients_named
from contracts.requisites import search_words
from contracts.speaking import speaks_today

FEWEST_DIGITS = 3
"""Fewer digits than these begin too many numbers to tell anything."""
WRITTEN_BESIDE_DIGITS = re.compile(r"[\s()+./‐‑‒–—−-]")
RARE = 1000
"""Names that have a word; whether more of them have it makes no difference."""
WORDS_ALIKE = 4
"""How many words of one client begin alike at most, so that enough clients are read: "общество с ограниченной…"."""
MOST_NAMED = 5
"""How many clients a text that means several is said to mean."""
LONGEST_ID = 9
"""Digits of a client's own number; a longer one is of a taxpayer, a registration or a phone."""
LAST_LETTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class TypedClient:
    """A client that the typed text may mean, with its legal entities by name and number of the taxpayer."""

    id: int
    name: str
    manager: str
    entities: tuple[tuple[str, str], ...]


def find_typed(session: Session, text: str, *, limit: int = 20) -> list[TypedClient]:
    """The clients whose names have words that begin with all the typed ones, or whose numbers begin with the digits.

    The numbers are those of taxpayers, of registrations and of phones; a whole e-mail finds as the desk's question
    does (D4). At most `limit`, in the order of their names; the same few selects however many clients there are.
    """
    numbered = _by_number(session, text, limit)
    found = dict.fromkeys((*_by_name(session, text, limit), *numbered, *_by_email(session, text)))
    return _shown(session, list(found)[:limit])


def client_typed(session: Session, text: str, field: str) -> int:
    """The id of the one client that a person names: by its number, a whole INN, or what `find_typed` finds.

    Raises `Refusal` with CLIENT_UNKNOWN, or CLIENT_AMBIGUOUS with the first who may be meant: never a guess (D4).
    """
    typed = "".join(text.split())
    if typed.isdecimal() and len(typed) <= LONGEST_ID and session.get(Client, int(typed)) is not None:
        return int(typed)
    whole_inn = select(Entity.client_id).where(Entity.inn == typed).distinct().order_by(col(Entity.client_id))
    found = _shown(session, session.exec(whole_inn).all()) or find_typed(session, text, limit=MOST_NAMED)
    if not found:
        raise Refusal("CLIENT_UNKNOWN", field=field, value=text)
    if len(found) > 1:
        named = [f"{one.name} ({', '.join(inn for _, inn in one.entities)})" for one in found]
        raise Refusal("CLIENT_AMBIGUOUS", field=field, value=text, allowed=named)
    return found[0].id


def _by_name(session: Session, text: str, limit: int) -> list[int]:
    """The rarest word leads, and the others are looked up for it; of two names of one client the first counts."""
    words = _rarest_first(session, search_words(text))
    if not words:
        return []
    chosen = select(ClientWord.client_id).where(_begins(ClientWord.word, words[0]))
    for word in words[1:]:
        other = aliased(ClientWord)
        has = select(other.id).where(other.client_id == ClientWord.client_id, _begins(other.word, word))
        chosen = chosen.where(has.exists())
    in_order = chosen.order_by(col(ClientWord.word), col(ClientWord.client_id))
    rows = session.exec(in_order.limit(WORDS_ALIKE * limit))
    return list(dict.fromkeys(rows))[:limit]


def _rarest_first(session: Session, words: list[str]) -> list[str]:
    """The words by how many names have them, as far as `RARE` and no further; of common ones the longest first."""
    if len(words) < 2:
        return words
    each = (select(ClientWord.id).where(_begins(ClientWord.word, word)).limit(RARE).subquery() for word in words)
    counts = session.execute(select(*(select(func.count()).select_from(one).scalar_subquery() for one in each))).one()
    return [word for _, _, word in sorted((count, -len(word), word) for count, word in zip(counts, words, strict=True))]


def _begins(word: str | ColumnElement[str], start: str) -> ColumnElement[bool]:
    """That the word begins so; letters and digits alone stand in the statement, for the planner has to see how rare."""
    first: BindParameter[str] = bindparam(None, start, literal_execute=True)
    last: BindParameter[str] = bindparam(None, start + LAST_LETTER, literal_execute=True)
    return col(word).between(first, last)


def _by_number(session: Session, text: str, limit: int) -> list[int]:
    digits = WRITTEN_BESIDE_DIGITS.sub("", text)
    if not digits.isdecimal() or not digits.isascii() or len(digits) < FEWEST_DIGITS:
        return []
    each = [found.limit(limit).subquery() for found in _numbered(digits)]
    return list(session.execute(union_all(*(select(one) for one in each))).scalars())


def _numbered(digits: str) -> Iterator[SelectOfScalar[int]]:
    """Those whose number of a taxpayer, of a registration or of a phone begins with the digits."""
    yield select(Entity.client_id).where(*_from(Entity.inn, digits))
    yield select(Registration.client_id).where(*_from(Registration.number, digits))
    same = col(ContactAddress.contact_id) == col(ClientContact.contact_id)
    spoken = select(ClientContact.client_id).join(ContactAddress, same).where(speaks_today(ClientContact))
    yield spoken.where(*_from(ContactAddress.value, f"+7{digits[1:] if digits[0] in '78' else digits}"))


def _from(number: str, start: str) -> Sequence[ColumnElement[bool]]:
    """That a number begins so; the bounds let an index find it, in whatever order the database puts letters."""
    column, rest = col(number), start.rstrip("9")
    bounds = [column >= start, column.startswith(start)]
    return [*bounds, column < rest[:-1] + str(int(rest[-1]) + 1)] if rest.strip("+") else bounds


def _by_email(session: Session, text: str) -> list[int]:
    try:
        return clients_named(session, {"email": text}) if "@" in text else []
    except Refusal:  # it is not typed to its end yet
        return []


def _shown(session: Session, client_ids: Sequence[int]) -> list[TypedClient]:
    if not client_ids:
        return []
    own = col(Entity.client_id) == col(Client.id)
    rows = select(Client, Entity.name, Entity.inn).join(Entity, own, isouter=True)
    rows = rows.where(col(Client.id).in_(client_ids)).order_by(Client.search_key, col(Client.id), col(Entity.id))
    clients: dict[int, Client] = {}
    entities: dict[int, list[tuple[str, str]]] = {}
    for client, name, inn in session.exec(rows):
        clients[client.id] = client
        entities.setdefault(client.id, []).extend([(name, inn)] if inn is not None else [])
    return [TypedClient(one.id, one.name, one.manager, tuple(entities[one.id])) for one in clients.values()]
