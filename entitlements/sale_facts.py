"""Reading what is on sale, as far as the desk's answer offers it: renewals by the list, and packages (S4, S5, H8)."""

from collections import defaultdict
from collections.abc import Collection

from sqlmodel import Session, col, select

from contracts.catalogue import HourPackage, Plan, PlanPrice, PlanVersion, Service
from entitlements.plan_terms import PackageOffer, VersionOnSale


def read_on_sale(session: Session, plan_codes: Collection[str]) -> tuple[VersionOnSale, ...]:
    """Every version of the plans with its list prices, plan by plan in the order in which they come into force."""
    if not plan_codes:
        return ()
    own = select(PlanVersion, Plan.code).join(Plan).where(col(Plan.code).in_(plan_codes))
    rows = session.exec(own.order_by(Plan.code, col(PlanVersion.valid_from), col(PlanVersion.version))).all()
    prices: dict[int, dict[int, tuple[int | None, int | None]]] = defaultdict(dict)
    listed = select(PlanPrice).where(col(PlanPrice.plan_version_id).in_([version.id for version, _ in rows]))
    for one in session.exec(listed.order_by(col(PlanPrice.term_months))):
        prices[one.plan_version_id][one.term_months] = one.price_minor, one.after_break_minor
    return tuple(
        VersionOnSale(code, version.valid_from, version.currency, version.alignment, prices[version.id])
        for version, code in rows
    )


def read_service_names(session: Session) -> dict[str, tuple[str, str]]:
    """What each service is called in Russian and in English, by its code."""
    return {one.code: (one.name, one.name_en) for one in session.exec(select(Service).order_by(col(Service.id)))}


def read_packages(session: Session) -> tuple[PackageOffer, ...]:
    """The packages of hours, the smallest first."""
    rows = session.exec(select(HourPackage).order_by(col(HourPackage.minutes), HourPackage.code))
    return tuple(PackageOffer(row.code, row.minutes, row.price_minor, row.currency) for row in rows)
