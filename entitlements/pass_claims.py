"""What an offline pass says, and which questions that answers: read alike by who signs it and who goes by it (D1)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from contracts.errors import Refusal
from contracts.policies import Channel
from contracts.requisites import normal_registration
from contracts.support_lines import INTAKE
from entitlements.calendar import load_calendar, weighted_hundredths
from entitlements.reasons import Verdict
from entitlements.rounding import RoundingPolicy, round_up

OF_ANOTHER_MOMENT = ("at", "known_at")
"""What a question may ask that no pass tells."""


class Limits(Struct, frozen=True):
    """For which questions an answer stands that was given to one about intake, without channel, caller and minutes."""

    channels: tuple[Channel, ...]
    lines: tuple[int, ...]
    any_contact: bool
    """Whether it stands whoever asks; else only where the question names nobody."""
    billed_minutes: int = 0
    """What a request takes that names no minutes."""
    least_minutes: int = 0
    """What a request of one minute takes; 0 where minutes do not matter."""
    quantum_minutes: int = 1
    most_minutes: int | None = None
    """Up to how many billed minutes the answer stands, with those of all work since; none where any number does."""
    uses_left: int | None = None
    """How many uses of the counted service are left; none where that does not matter."""

    def admit(self, question: Mapping[str, Any]) -> bool:
        """Whether the answer stands for the channel, the line and the caller of the question."""
        channel, line, contact = (question.get(name) for name in ("channel", "line", "contact"))
        known = channel is None or channel in self.channels
        return known and (INTAKE if line is None else line) in self.lines and (self.any_contact or not contact)

    def leave(self, minutes: int | None, worked_minutes: int, uses: int) -> bool:
        """Whether so many minutes may still be asked for, after what was worked and used since."""
        if self.uses_left is not None and uses >= self.uses_left:
            return False
        if minutes is not None and minutes < 1:
            return False
        need = self.billed_minutes
        if minutes is not None:
            need = round_up(100 * minutes, self.quantum_minutes, self.least_minutes) if self.least_minutes else 0
        return need == 0 or self.most_minutes is None or need + worked_minutes <= self.most_minutes


class Told(Struct, frozen=True):
    """An answer of the pass: about a service as work or by itself, or any, and each of these registrations.

    None among the registrations stands for a question that names none.
    """

    service: str | None
    feature: str | None
    registrations: tuple[str | None, ...]
    decision: Verdict
    reason: str
    text: str
    limits: Limits

    @property
    def asked(self) -> str | None:
        """The service that is asked about, as work or by itself."""
        return self.feature or self.service

    def is_about(self, question: Mapping[str, Any]) -> bool:
        """Whether it is what the question is about."""
        asked, number = (question.get("service"), question.get("feature")), question.get("registration_number")
        copy = None if number is None else normal_registration(number)
        return asked == (self.service, self.feature) and copy in self.registrations


class Billing(Struct, frozen=True):
    """How a plan of the client bills work with one of its sellers (H3); `minimums` are those of services (a visit)."""

    country: str
    time_zone: str
    rounding: RoundingPolicy
    minimums: dict[str, int]

    def billed_minutes(self, started_at: datetime, worked_minutes: int, service: str) -> int:
        """The billed minutes of work, at most: what is rounded up together with other work may be less."""
        parts = load_calendar(self.country, self.time_zone).zone_parts(started_at, worked_minutes)
        least = self.minimums.get(service, self.rounding.minimum_minutes)
        return round_up(weighted_hundredths(parts, self.rounding), self.rounding.quantum_minutes, least)


class PassClaims(Struct, frozen=True):
    """The part of a pass that answers questions about its client."""

    client_id: int
    valid_until: datetime
    registrations: tuple[str, ...]
    verdicts: tuple[Told, ...]
    billing: tuple[Billing, ...]

    def answer(self, question: Mapping[str, Any], done: Sequence[Mapping[str, Any]]) -> Told | None:
        """What the server would have answered at that moment, had it known of the uses `done` since; else none.

        Work since counts as much as it can have taken: of whose hours and by which plan only the server knows.
        """
        if any(question.get(name) is not None for name in OF_ANOTHER_MOMENT):
            return None
        told = next((one for one in self.verdicts if one.is_about(question)), None)
        if told is None or not told.limits.admit(question):
            return None
        try:
            worked = self._billed_minutes(done)
        except (Refusal, ValueError, KeyError, TypeError):
            return None  # a use that makes no sense may have taken anything
        uses = sum(use.get("service") == told.asked for use in done)
        return told if told.limits.leave(question.get("requested_minutes"), worked, uses) else None

    def _billed_minutes(self, done: Iterable[Mapping[str, Any]]) -> int:
        """The billed minutes of the uses, at most."""
        return sum(
            max((one.billed_minutes(*_work_of(use)) for one in self.billing), default=use["worked_minutes"])
            for use in done
        )


def _work_of(use: Mapping[str, Any]) -> tuple[datetime, int, str]:
    return datetime.fromisoformat(use["started_at"]), use["worked_minutes"], use.get("service") or ""


def read_claims(claims: Mapping[str, Any]) -> PassClaims | None:
    """The claims of a genuine pass; none for one of another release, which says too little to go by."""
    try:
        return msgspec.convert(claims, type=PassClaims)
    except msgspec.ValidationError:
        return None
