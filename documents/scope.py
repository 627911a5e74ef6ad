"""What the contract prints of a plan's promises besides hours: by when a request is answered and solved (D10)."""

from dataclasses import dataclass

from contracts.policies import Channel, Unpaid


@dataclass(frozen=True, slots=True)
class DueSheet:
    """The promise for a priority, in business minutes; None in `resolve_minutes` promises an answer only."""

    name: str
    respond_minutes: int
    resolve_minutes: int | None = None


@dataclass(frozen=True, slots=True)
class ScopeTerms:
    """The promises of a plan version; `desk_hours` are those of a working day, "09:00-18:00".

    Without `channels` all are included, without the name of the `last_line` all support lines.
    """

    desk_hours: str = "09:00-18:00"
    due_times: tuple[DueSheet, ...] = ()
    channels: tuple[Channel, ...] = ()
    last_line: str | None = None
    requires_signature: bool = False
    unpaid: Unpaid = Unpaid.DENY
    named_contacts_only: bool = False
    register_check_days: int | None = None
    entry_approval: bool = False
