"""Drawing up the certificate of a free period from what was granted and the hours that were given with it (P1, S3)."""

from datetime import datetime

from sqlmodel import Session, col, select

from contracts.catalogue import Plan, PlanVersion, Product, Registration
from contracts.parties import Client, Entity, Seller
from contracts.subscriptions import FreePeriod
from contracts.terms import Term, aligned
from documents.certificate import CertificateSheet, FreeMinutesSheet
from documents.drawing_parties import called, party_sheet, service_sheets
from documents.parties import RegistrationSheet
from documents.words import Language
from entitlements.granting import given_for_free_period


def draw_certificate(session: Session, free: FreePeriod, *, at: datetime) -> CertificateSheet:
    """The certificate's sheet for a free period that was granted, with its hours."""
    seller, client = session.get_one(Seller, free.seller_id), session.get_one(Client, free.client_id)
    copies = select(Registration, Product, Entity).join(Product).join(Entity)
    registration, product, owner = session.exec(copies.where(Registration.id == free.registration_id)).one()
    versions = select(PlanVersion, Plan).join(Plan, col(Plan.id) == col(PlanVersion.plan_id))
    version, plan = session.exec(versions.where(PlanVersion.id == free.plan_version_id)).one()
    language = Language(client.locale)
    return CertificateSheet(
        number=registration.number,
        issued_on=seller.day_of(at),
        seller=party_sheet(seller),
        owner=party_sheet(owner),
        registration=RegistrationSheet(registration.number, product.name, owner.name),
        purchase=registration.purchase,
        plan=called(plan, language),
        services=service_sheets(session, version, language),
        term=free.term,
        months=len(list(free.term.months())),
        minutes=tuple(
            FreeMinutesSheet(Term(grant.starts_on, grant.ends_on), grant.minutes)
            for grant in given_for_free_period(session, free)
        ),
        paid_from=aligned(version.alignment, free.ends_on),
    )
