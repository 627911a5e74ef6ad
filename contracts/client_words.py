"""The words of clients' names, kept beside them, so that a client is found as its name is typed."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from contracts.appending import append_all
from contracts.parties import ClientWord
from contracts.requisites import search_words

AT_ONCE = 500
"""The words of how many clients one select reads."""


def keep_words(session: Session, names: Sequence[tuple[int, str]]) -> None:
    """Let clients, by their ids, be found by the words of names that they have got; each word is kept once."""
    wanted = dict.fromkeys((client_id, word) for client_id, name in names for word in search_words(name))
    client_ids = sorted({client_id for client_id, _ in wanted})
    for start in range(0, len(client_ids), AT_ONCE):
        own = select(ClientWord.client_id, ClientWord.word)
        own = own.where(col(ClientWord.client_id).in_(client_ids[start : start + AT_ONCE]))
        for known in session.exec(own).all():
            wanted.pop(known, None)
    append_all(session, ClientWord, [{"client_id": client_id, "word": word} for client_id, word in wanted])
