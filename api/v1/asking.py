"""What a desk may ask: whose request it is, what it is about, and when (CHECK_API, rules D2–D4, D9)."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from api.inputs import Id, Input, Moment, wrong
from api.inputs import line as text_line
from contracts.errors import Refusal
from contracts.policies import Channel
from contracts.requisites import normal_email, normal_phone, require_any_tax_number
from contracts.support_lines import INTAKE, SELF_SERVICE, SUPPORT_LINES, VENDOR
from entitlements.answers import Question
from entitlements.desk import LONGEST_HOLD_HOURS

MOST_QUESTIONS = 100
LONGEST_REQUEST_MINUTES = 60 * 24 * 31


def _normal(read: Callable[[str], str]) -> Callable[[str | None], str | None]:
    """What reads a key in the writing in which it is stored, or names its field."""

    def normal(key: str | None) -> str | None:
        try:
            return None if key is None else read(key)
        except Refusal as refused:
            raise wrong(refused.code, str(refused.facts["allowed"])) from None

    return normal


Email = Annotated[str | None, AfterValidator(_normal(normal_email))]
Phone = Annotated[str | None, AfterValidator(_normal(normal_phone))]
Inn = Annotated[str | None, AfterValidator(_normal(require_any_tax_number))]


class ClientKeys(Input):
    """Any keys that name one client; all that are given must name the same.

    `email` is that of a contact, else of anybody at a mail domain of the client; both as they were at the moment.
    """

    id: Id | None = None
    external_id: str | None = text_line(100, default=None)
    inn: Inn = text_line(20, default=None, examples=["7707083893"])
    registration_number: str | None = text_line(40, default=None)
    email: Email = text_line(254, default=None)
    phone: Phone = text_line(40, default=None)

    @model_validator(mode="after")
    def _names_somebody(self) -> "ClientKeys":
        if not self.given():
            raise wrong("KEY_OF_CLIENT_REQUIRED", ", ".join(type(self).model_fields))
        return self

    def given(self) -> dict[str, str | int]:
        """The keys that were given."""
        return {name: key for name in self.model_fields_set if (key := getattr(self, name)) is not None}


class ContactKeys(Input):
    """Who asks at the client; some plans serve only people whom the client had named by then, by all that is given."""

    email: Email = text_line(254, default=None)
    phone: Phone = text_line(40, default=None)

    def addresses(self) -> tuple[str, ...]:
        """All that is given, as it is stored."""
        return tuple(address for address in (self.email, self.phone) if address is not None)


class QuestionInput(Input):
    """A request that reached the desk.

    `service` names the work that is asked for, `feature` a service by itself: whether it is part of the deal and how
    many uses are left. `at` is the moment of the request, which decides; `known_at` leaves out what was recorded
    later. With mode `hold` the minutes are reserved from now for `hold_hours` (the plan's own when left out), and a use
    of a counted service is taken until it is given back; a request that needs approval waits in its case. The hours
    that a hold's answer tells are those before it; a question about its moment sees it. Without `locale` the sentence
    is in the language of `Accept-Language`, else in that of the installation. With `receipt` the answer carries its
    receipt; that of a stored answer can be read at any time.
    """

    client: ClientKeys
    contact: ContactKeys | None = None
    registration_number: str | None = text_line(40, default=None, examples=["800123456"])
    service: str | None = text_line(60, default=None, examples=["remote_work"])
    feature: str | None = text_line(60, default=None, examples=["auditor_question"])
    channel: Channel | None = Field(default=None, strict=False, examples=["phone"])
    line: int = Field(
        default=INTAKE,
        ge=SELF_SERVICE,
        le=VENDOR,
        description="; ".join(f"{line.number} {line.name_en.lower()}" for line in SUPPORT_LINES.values()),
    )
    priority: str | None = text_line(20, default=None, examples=["high"])
    requested_minutes: int | None = Field(default=None, ge=1, le=LONGEST_REQUEST_MINUTES, examples=[60])
    at: Moment | None = None
    known_at: Moment | None = None
    ticket: str | None = text_line(100, default=None, examples=["SD-1042"])
    mode: Literal["check", "hold"] = "check"
    hold_hours: int | None = Field(default=None, ge=1, le=LONGEST_HOLD_HOURS)
    explain: Literal["failed", "full"] = "failed"
    locale: Literal["ru", "en"] | None = None
    receipt: bool = False

    @model_validator(mode="after")
    def _asks_for_one_thing(self) -> "QuestionInput":
        if self.service is not None and self.feature is not None:
            raise wrong("FIELD_WRONG", "either service or feature")
        return self

    @model_validator(mode="after")
    def _holds_from_now(self) -> "QuestionInput":
        if self.mode == "hold" and (self.at is not None or self.known_at is not None):
            raise wrong("HOLD_FROM_NOW", "a hold without at and known_at")
        if self.mode == "check" and self.hold_hours is not None:
            raise wrong("HOLD_FROM_NOW", "hold_hours with mode hold only")
        return self

    def question(self, now: datetime) -> Question:
        """What is asked about the client."""
        return Question(
            self.at or now,
            self.registration_number,
            self.service,
            self.requested_minutes,
            self.line,
            self.priority,
            self.channel,
            self.feature,
            () if self.contact is None else self.contact.addresses(),
        )


class BatchInput(Input):
    """Up to 100 questions; holds are asked one by one."""

    questions: list[QuestionInput] = Field(min_length=1, max_length=MOST_QUESTIONS)

    @model_validator(mode="after")
    def _only_checks(self) -> "BatchInput":
        if any(question.mode == "hold" for question in self.questions):
            raise wrong("HOLD_FROM_NOW", "mode check")
        return self
