"""Asking the vendor's register, keeping what it says, and comparing it with what we sold (rules S8 and D11)."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from api.database import reading, transaction
from api.register_file import RegisterFile
from api.register_server import RegisterServer
from api.settings import Settings
from contracts.errors import Refusal
from contracts.file_rows import RowFault
from contracts.register import REGISTER_ZONE, Held, Register, Unanswered
from contracts.register_differences import Difference, differences
from contracts.register_queries import numbers_of_ours, our_lines, plans_of_codes
from contracts.taking_answers import known_numbers, take_answers

Tell = Callable[[int, int], None]
"""Told how many numbers are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class TakenFile:
    """What taking in a file did, or would have done without its faults: with any of them nothing is written."""

    new: int
    unchanged: int
    left_out: int
    faults: tuple[RowFault, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What asking the register brought: how many numbers were asked, how many answers were new, and which failed."""

    numbers: int
    new: int
    failed: dict[str, Unanswered]


def register_server(settings: Settings, *, patience_seconds: float = math.inf) -> RegisterServer:
    """The register of the settings. Raises `Refusal("REGISTER_NOT_SET")`."""
    if not settings.register_url:
        raise Refusal("REGISTER_NOT_SET", field="ABONEMENT_REGISTER_URL", value=None)
    secret = settings.register_authorization.get_secret_value() if settings.register_authorization else None
    return RegisterServer(settings.register_url, secret, patience_seconds=patience_seconds)


def take_file(
    session: Session, file: RegisterFile, *, at: datetime, observed_at: datetime | None = None, ours_only: bool = False
) -> TakenFile:
    """Store all answers of a file, as they were at `observed_at` (now unless told otherwise), or nothing.

    A number that is not ours is a fault of its row, or left out with `ours_only`. Raises `Refusal("OBSERVED_LATER")`.
    """
    known = known_numbers(session, file.answers)
    foreign = [number for number in file.answers if number not in known]
    unknown = Refusal("REGISTRATION_UNKNOWN", field="number")
    faults = list(file.faults)
    if not ours_only:
        faults += [RowFault(file.rows[number], "number", number, unknown) for number in foreign]
    answers = {number: held for number, held in file.answers.items() if number in known}
    with session.begin_nested() as savepoint:
        new = take_answers(session, answers, source=file.source, observed_at=observed_at or at, at=at)
        if faults:
            savepoint.rollback()
    left_out = len(foreign) if ours_only else 0
    return TakenFile(new, len(answers) - new, left_out, tuple(sorted(faults, key=lambda fault: fault.row)))


def ask_register(
    engine: Engine, register: Register, *, clock: Callable[[], datetime], client_id: int | None = None, tell: Tell
) -> Asked:
    """Ask for every registration of ours, and keep what was answered batch by batch; of what failed nothing is kept."""
    with reading(engine) as session:
        numbers = numbers_of_ours(session, client_id)
    failed: dict[str, Unanswered] = {}
    new = done = 0
    for answers in register.ask(numbers):
        at = clock()
        held = {number: answer for number, answer in answers.items() if isinstance(answer, Held)}
        failed |= {number: answer for number, answer in answers.items() if isinstance(answer, Unanswered)}
        if held:
            with transaction(engine) as session:
                new += take_answers(session, held, source=register.source, observed_at=at, at=at)
        done += len(answers)
        tell(done, len(numbers))
    return Asked(len(numbers), new, failed)


def compare(
    engine: Engine,
    register: Register,
    *,
    at: datetime,
    client_id: int | None = None,
    tell: Tell = lambda *_: None,
) -> list[Difference]:
    """A finding for each line of ours on the day of the moment; nothing is kept, no transaction waits for an answer."""
    with reading(engine) as session:
        ours = our_lines(session, at.astimezone(REGISTER_ZONE).date(), client_id)
        plans = plans_of_codes(session)
    numbers = list(dict.fromkeys(line.registration_number for line in ours))
    came: dict[str, Held | Unanswered] = {}
    for answers in register.ask(numbers):
        came |= answers
        tell(len(came), len(numbers))
    return differences(ours, came, plans)
