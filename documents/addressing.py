"""A letter of a seller to one address: from whom it is, where answers go, and the key that makes its Message-ID."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlmodel import Session, col, select

from contracts.parties import ManagerAddress, Seller
from documents.drawing_parties import party_sheet
from documents.letters import Letter
from documents.reminder_text import Wording
from documents.words import Language


def letter_to(
    recipient: str, words: Wording, seller: Seller, key: str, client_id: int, *, at: datetime, **about: Any
) -> Letter:
    """The letter, not yet queued; `key` names what it is about among all that the seller writes, `about` its row."""
    return Letter(
        client_id=client_id,
        **about,
        recipient=recipient,
        sender_name=writer(seller, words.language),
        reply_to=staff_address(seller),
        subject=words.subject,
        body=words.body,
        language=words.language,
        message_key=f"{seller.inn}.{key}.{sha256(recipient.encode()).hexdigest()[:16]}",
        queued_at=at,
    )


def writer(seller: Seller, language: Language) -> str:
    """What a seller calls itself in letters: as in its papers of the language."""
    return party_sheet(seller).called(language)


def manager_addresses(session: Session) -> Mapping[str, str]:
    """Where each manager reads mail; nothing of those who have no address of their own."""
    rows = session.exec(select(ManagerAddress).order_by(col(ManagerAddress.id)))
    return {row.manager: row.email for row in rows}


def staff_address(seller: Seller) -> str:
    """Where a seller's staff is written to; empty where it has no address."""
    return seller.reminder_email or seller.email
