"""What is answered about the time without the server: passes, and what was done on them.

These shapes need neither database nor server, so that the Python client shares them.
"""

from datetime import datetime
from typing import Literal

from api.outputs import Answer


class PassAnswer(Answer):
    """A pass: a compact JWS over the client's verdicts by registration and service, each with its limits, and hours.

    It stands until `valid_until`; what is done on it then is sent to `POST /v1/offline-uses`.
    """

    client_id: int
    issued_at: datetime
    valid_until: datetime
    state_version: int
    offline_pass: str


class OfflineUseTold(Answer):
    """A use as it was taken in; `needs_person` says that somebody has to look at it, `reason` and `problem` why.

    `said_differently` means that it was taken in before with other contents, which stand.
    """

    id: int
    client_id: int
    source: str
    external_id: str
    offline: Literal[True] = True
    work_entry_id: int | None
    used_at: datetime
    reason: str
    problem: str
    in_time: bool
    needs_person: bool
    said_differently: bool = False


class OfflineUsesTold(Answer):
    """The uses in the order in which they came."""

    uses: list[OfflineUseTold]
