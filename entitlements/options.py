"""What would change the desk's answer: a renewal when the term runs out, a package when the hours do (S4, H8)."""

from collections.abc import Iterator, Sequence

from contracts.money import Money
from contracts.standing import Standing
from entitlements.answers import Option, RuleResult
from entitlements.case import Case
from entitlements.covers import CoverKind, PackageOffer

_ACTS = {
    "SIGNED": "sign_contract",
    "PAID": "pay",
    "PAID_OR_APPROVED": "pay",
    "CONTACT_NAMED": "name_contact",
    "REGISTER_CHECKED": "check_register",
}
"""What the client, or the seller for it, has to do where a rule fails."""


_SERVING = (Standing.ACTIVE, Standing.EXPIRING, Standing.GRACE)
"""While a contract serves, hours that are bought for it can be drawn."""


def options(case: Case, rules: tuple[RuleResult, ...]) -> Iterator[Option]:
    """What would make the cover serve on, or serve the request: an act, or what the client may buy."""
    cover, plan, standing, cost, service = case.cover, case.plan, case.standing, case.cost, case.service
    for act in dict.fromkeys(_ACTS[rule.code] for rule in rules if not rule.holds and rule.code in _ACTS):
        yield Option(act)
    ending = standing in (Standing.EXPIRING, Standing.GRACE, Standing.LAPSED)
    if ending and cover.kind is CoverKind.SUBSCRIPTION and not cover.has_successor:
        price = plan.prices_minor.get(cover.term_months)
        starts_on = cover.ends_on if standing is not Standing.LAPSED else None
        yield Option("renew", starts_on, price=None if price is None else Money(price, plan.currency))
    packages = [one for one in case.facts.packages if one.currency == plan.currency]
    if cost.overage_minutes and packages and cover.kind is CoverKind.SUBSCRIPTION and standing in _SERVING:
        package = _package_for(packages, cost.overage_minutes)
        yield Option("buy_package", minutes=package.minutes, price=Money(package.price_minor, package.currency))
    if service is not None and service.price_minor is not None:
        yield Option("pay_separately", price=Money(service.price_minor, plan.currency))


def _package_for(packages: Sequence[PackageOffer], minutes: int) -> PackageOffer:
    """The smallest package that pays for the minutes, or the largest on sale."""
    enough = [package for package in packages if package.minutes >= minutes]
    return min(enough, key=lambda package: package.minutes) if enough else max(packages, key=lambda p: p.minutes)
