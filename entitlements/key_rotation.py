"""Making, changing and withdrawing the keys that sign receipts and offline passes (D1)."""

from contextlib import suppress
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from contracts.errors import Refusal
from entitlements.receipt_keys import ReceiptKey
from entitlements.receipts import PublishedKey, SigningKey, new_pair, pair_of, parts_of


def signing_key(session: Session) -> SigningKey | None:
    """The key that signs now; none before the first was made."""
    last = _last(session)
    return None if last is None else SigningKey(last.kid, pair_of(last.public_key, last.private_key))


def first_key(session: Session, *, at: datetime) -> ReceiptKey:
    """The key that signs now; made when there is none yet."""
    return _last(session) or _make(session, 1, at)


def rotate(session: Session, *, at: datetime) -> ReceiptKey:
    """A new key, which signs from now on. What those before it signed stays proven; their private parts are forgotten.

    Two who rotate at the same moment make one key.
    """
    last = _last(session)
    if last is None:
        return _make(session, 1, at)
    made = _make(session, last.number + 1, at)
    session.exec(update(ReceiptKey).where(col(ReceiptKey.number) < made.number).values(private_key=None))
    return made


def withdraw(session: Session, kid: str, *, from_at: datetime, at: datetime) -> ReceiptKey:
    """From that moment on nothing that the key signed proves anything; another signs from now on.

    The earliest moment that was ever said holds. Raises `Refusal("RECEIPT_KEY_UNKNOWN")`.
    """
    key = session.exec(select(ReceiptKey).where(ReceiptKey.kid == kid).with_for_update()).first()
    if key is None:
        raise Refusal("RECEIPT_KEY_UNKNOWN", field="kid", value=kid, allowed=[one.kid for one in published(session)])
    key.withdrawn_from = from_at if key.withdrawn_from is None else min(key.withdrawn_from, from_at)
    if key.private_key is not None:
        rotate(session, at=at)
    session.flush()
    return key


def published(session: Session) -> list[PublishedKey]:
    """Every key there ever was, the newest first, without their private parts."""
    rows = session.exec(select(ReceiptKey).order_by(col(ReceiptKey.number).desc()))
    return [PublishedKey(row.kid, row.public_key, row.made_at, row.withdrawn_from) for row in rows]


def _last(session: Session) -> ReceiptKey | None:
    return session.exec(select(ReceiptKey).order_by(col(ReceiptKey.number).desc()).limit(1)).first()


def _make(session: Session, number: int, at: datetime) -> ReceiptKey:
    """The key of that number: a new one, or the one that somebody else made at the same moment."""
    pair = new_pair()
    public_key, private_key = parts_of(pair)
    key = ReceiptKey(number=number, kid=pair.thumbprint(), public_key=public_key, private_key=private_key, made_at=at)
    with suppress(IntegrityError), session.begin_nested():
        session.add(key)
    return session.get_one(ReceiptKey, number)
