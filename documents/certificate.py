"""The certificate of a free period: which copy is served for free, until when, with what, and what follows (S1–S3)."""

from dataclasses import dataclass
from datetime import date

from contracts.policies import Purchase
from contracts.terms import Term
from documents.contract import ServiceSheet
from documents.correction import Correction
from documents.parties import PartySheet, RegistrationSheet


@dataclass(frozen=True, slots=True)
class FreeMinutesSheet:
    """Minutes that were given inside a free period, and the days on which they can be used (S3)."""

    term: Term
    minutes: int


@dataclass(frozen=True, slots=True)
class CertificateSheet:
    """Everything a certificate prints; it carries the registration number, of which there is one free period for ever.

    `months` is what the purchase brought. `paid_from` is the first day on which paid service may start: the day after
    the free period, or later where the plan's terms start on the 1st of a month (T3).
    """

    number: str
    issued_on: date
    seller: PartySheet
    owner: PartySheet
    registration: RegistrationSheet
    purchase: Purchase
    plan: str
    services: tuple[ServiceSheet, ...]
    term: Term
    months: int
    minutes: tuple[FreeMinutesSheet, ...]
    paid_from: date
    correction: Correction | None = None
