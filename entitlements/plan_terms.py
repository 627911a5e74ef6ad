"""What plans say to the desk: the settings of a version, its services and promises, and what is on sale."""

from datetime import date

from msgspec import Struct

from contracts.business_hours import USUAL_HOURS
from contracts.policies import Alignment, Channel, IncludedPer, LapseRenewal, OverLimit, Unpaid
from contracts.warning_percents import USUAL_PERCENTS
from entitlements.rounding import RoundingPolicy


class ServiceTerms(Struct, frozen=True, array_like=True):
    """That a plan includes a service, whether its work draws hours, and its own minimum of billed minutes."""

    code: str
    draws_hours: bool
    minimum_minutes: int | None = None
    included_count: int | None = None
    """How many uses are in the price for every `count_months` of the term; none where uses are not counted."""
    count_months: int = 1
    price_minor: int | None = None
    """What a use costs where the plan offers the service for separate payment only."""


class DueTerms(Struct, frozen=True, array_like=True):
    """In how many business minutes a request of a priority is answered and, where that is promised, solved (D10)."""

    priority: str
    respond_minutes: int
    resolve_minutes: int | None = None


class PlanTerms(Struct, frozen=True, array_like=True):
    """The settings of one plan version that the desk needs; a version in use never changes."""

    plan_version_id: int
    code: str
    version: int
    rounding: RoundingPolicy
    services: tuple[ServiceTerms, ...]
    included_per: IncludedPer = IncludedPer.SUBSCRIPTION_MONTH
    over_limit: OverLimit = OverLimit.APPROVE
    overrun_percent: int | None = None
    overage_rate_minor: int | None = None
    currency: str = "RUB"
    grace_days: int = 0
    expiring_days: int = 30
    low_balance_percent: int = 80
    hold_hours: int = 72
    kind_id: int = 0
    requires: str | None = None
    """The code of the plan without which this one does not serve (S7)."""
    desk_hours: str = USUAL_HOURS
    due_times: tuple[DueTerms, ...] = ()
    channels: tuple[Channel, ...] = ()
    """The channels that are included; all of them when it names none (D9)."""
    highest_line: int | None = None
    requires_signature: bool = False
    unpaid: Unpaid = Unpaid.DENY
    named_contacts_only: bool = False
    register_check_days: int | None = None
    warning_percents: tuple[int, ...] = USUAL_PERCENTS
    """The shares of used hours at which client and staff are warned (H13)."""
    warning_quiet_hours: int = 4
    lapse_renewal: LapseRenewal = LapseRenewal.NEW_START
    name: str = ""
    name_en: str = ""

    def service(self, code: str) -> ServiceTerms | None:
        """The terms of a service that the plan includes."""
        return next((service for service in self.services if service.code == code), None)


class VersionOnSale(Struct, frozen=True, array_like=True):
    """A version of a plan as it is sold from a day on (S4, S5)."""

    plan_code: str
    valid_from: date
    currency: str
    alignment: Alignment
    prices_minor: dict[int, tuple[int | None, int | None]]
    """By its months what each term costs without a break, and after one; none where that is agreed in each sale."""


class PackageOffer(Struct, frozen=True, array_like=True):
    """An hour package on sale."""

    code: str
    minutes: int
    price_minor: int
    currency: str
