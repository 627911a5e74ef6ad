"""What a desk needs to go on while the server is away: the answers about one client, and how long they stand (D1)."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from contracts.errors import Refusal
from entitlements.answers import Decision, Question
from entitlements.covers import ClientFacts
from entitlements.decision import decide
from entitlements.hours import local_day
from entitlements.reasons import Reason


class OfflinePass(Struct, frozen=True):
    """The answers about a client at one moment, by service; they stand until `valid_until`."""

    client_id: int
    state_version: int
    issued_at: datetime
    valid_until: datetime
    any_request: Decision
    by_service: Mapping[str, Decision]
    registrations: tuple[str, ...]


def offline_pass(facts: ClientFacts, *, at: datetime, longest: timedelta) -> OfflinePass:
    """The pass of a client; it ends with the first change that is known, and after `longest` in any case.

    Raises `Refusal("PASS_WITHHELD")` while the client is suspended.
    """
    any_request = decide(facts, Question(at))
    if any_request.reason is Reason.CONTRACT_SUSPENDED:
        raise Refusal("PASS_WITHHELD", field="client_id", value=facts.client_id, reason=any_request.reason)
    services = sorted({service.code for plan in facts.plans.values() for service in plan.services})
    today = local_day(at, facts.time_zone)
    return OfflinePass(
        client_id=facts.client_id,
        state_version=facts.state_version,
        issued_at=at,
        valid_until=min(filter(None, (any_request.valid_until, at + longest))),
        any_request=any_request,
        by_service={code: decide(facts, Question(at, service=code)) for code in services},
        registrations=tuple(copy.number for copy in facts.registrations if not copy.is_surrendered(today)),
    )
