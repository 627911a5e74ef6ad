"""What may be said in the desk's calls: the fields of the server's own shapes, for the type checker of the caller.

The server judges them, and names the field that is wrong; a test holds these lists equal to its own.
"""

from datetime import date, datetime
from typing import Literal, Required, TypedDict

from entitlements.hours_facts import Charge


class ClientKeys(TypedDict, total=False):
    """Any keys that name one client; all that are given must name the same."""

    id: int
    external_id: str
    inn: str
    registration_number: str
    email: str
    phone: str


class ContactKeys(TypedDict, total=False):
    """Who asks at the client."""

    email: str
    phone: str


class Question(TypedDict, total=False):
    """A request that reached the desk; moments carry their offset."""

    client: Required[ClientKeys]
    contact: ContactKeys
    registration_number: str
    service: str
    feature: str
    channel: str
    line: int
    priority: str
    requested_minutes: int
    at: datetime
    known_at: datetime
    ticket: str
    explain: Literal["failed", "full"]
    receipt: bool
    locale: Literal["ru", "en"]


class ReportedWork(TypedDict, total=False):
    """Work that was done, known by `source` and `external_id`; either `started_at` or `work_on` says when.

    Either `worked_minutes`, or the `connected_seconds` of a call.
    """

    source: Required[str]
    external_id: Required[str]
    worked_minutes: int
    connected_seconds: int
    travel_minutes: int
    started_at: datetime
    work_on: date
    entity_id: int
    charge: Charge
    ticket: str
    service: str
    channel: str
    asked_by: str
    engineer: str
    summary: str


class Work(ReportedWork, total=False):
    """Work of a client; `hold_id` settles the hold of its ticket by the minutes billed."""

    client_id: Required[int]
    seller_id: int
    hold_id: int


class OfflineUse(TypedDict, total=False):
    """Work that was done on an offline pass, known by `source` and `external_id`."""

    source: Required[str]
    external_id: Required[str]
    worked_minutes: Required[int]
    started_at: Required[datetime]
    seller_id: int
    ticket: str
    service: str
    channel: str
    asked_by: str
    engineer: str
    summary: str
