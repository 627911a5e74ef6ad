"""Drawing up a replay: the parties and plans by their names, beside the months of both plans (H15)."""

from datetime import datetime

from sqlmodel import Session, col, select

from billing.invoicing import taxation
from billing.replay import Replay
from contracts.catalogue import Plan, PlanVersion
from contracts.parties import Client, Entity, Seller
from contracts.subscriptions import Specification
from documents.drawing_parties import called, client_sheet, party_sheet
from documents.replay import ReplaySheet
from documents.words import Language


def draw_replay(session: Session, replay: Replay, *, at: datetime, language: Language) -> ReplaySheet:
    """The replay's sheet in a language; nothing is issued."""
    seller = session.get_one(Seller, replay.seller_id)
    entities = select(Entity).where(Entity.client_id == replay.client_id).order_by(col(Entity.id))
    entity = session.exec(entities.limit(1)).first()
    client = session.get_one(Client, replay.client_id)
    trial = replay.trial
    own = select(Specification.plan_version_id).where(col(Specification.subscription_id).in_(trial.subscription_ids))
    own = own.where(Specification.starts_on < replay.span.ends_on, Specification.ends_on > replay.span.starts_on)
    held = select(Plan, PlanVersion.version).join(PlanVersion).where(col(PlanVersion.id).in_(own))
    tried = session.exec(select(Plan).where(Plan.code == trial.plan)).first()
    today = seller.day_of(at)
    return ReplaySheet(
        issued_on=today,
        seller=party_sheet(seller),
        client=client_sheet(client, entity),
        held_plans=tuple(
            _named(plan, version, language) for plan, version in session.exec(held.order_by(col(PlanVersion.id)))
        ),
        tried_plan=None if tried is None or trial.version is None else _named(tried, trial.version, language),
        replay=replay,
        tax_mode=taxation(session, seller.id).mode_on(today),
    )


def _named(plan: Plan, version: int, language: Language) -> str:
    """A plan with the number of its version."""
    return f"{called(plan, language)}, {'версия' if language is Language.RU else 'version'} {version}"
