"""The words of a stored question, read again: as the API was asked, or as pages and commands keep them (D1, E5)."""

import re
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from contracts.errors import Refusal
from contracts.policies import Channel
from contracts.requisites import normal_phone, one_writing
from contracts.support_lines import INTAKE
from entitlements.answers import Question


class _Contact(Struct):
    email: str | None = None
    phone: str | None = None

    def addresses(self) -> tuple[str, ...]:
        """All that is given, as it is stored."""
        emails = () if self.email is None else (one_writing(self.email),)
        return emails if self.phone is None else (*emails, _known_phone(self.phone))


def _known_phone(phone: str) -> str:
    """The number; of one that is refused by now what was read of it when it was taken."""
    try:
        return normal_phone(phone)
    except Refusal:
        return f"+{re.sub('[^0-9]', '', phone)}"


class StoredQuestion(Struct):
    """What was asked, without the client's keys."""

    question: Question | None = None
    registration_number: str | None = None
    service: str | None = None
    feature: str | None = None
    channel: Channel | None = None
    line: int = INTAKE
    priority: str | None = None
    requested_minutes: int | None = None
    contact: _Contact | None = None
    known_at: datetime | None = None

    @property
    def is_request(self) -> bool:
        """Whether it was somebody's request, and did not ask what would have been answered once (D1)."""
        return self.known_at is None

    def known_then(self, evaluated_at: datetime) -> datetime:
        """By when what its answer tells was known: its own `known_at`, else the moment of the answer."""
        return self.known_at or evaluated_at

    def asked(self, at: datetime) -> Question:
        """What was asked about that moment."""
        if self.question is not None:
            return replace(self.question, at=at, contact=tuple(map(one_writing, self.question.contact)))
        return Question(
            at,
            self.registration_number,
            self.service,
            self.requested_minutes,
            self.line,
            self.priority,
            self.channel,
            self.feature,
            () if self.contact is None else self.contact.addresses(),
        )


_questions = msgspec.json.Decoder(StoredQuestion)


def stored_question(words: str) -> StoredQuestion:
    """The question that a `StoredDecision` keeps."""
    return _questions.decode(words)
