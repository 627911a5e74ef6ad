"""Drawing up what a contract prints of a plan's promises besides hours (P1, D10)."""

from sqlmodel import Session, col, select

from contracts.catalogue import PlanVersion
from contracts.due_times import PlanDueTime
from contracts.policies import Channel
from contracts.support_lines import SUPPORT_LINES
from documents.drawing_parties import called
from documents.scope import DueSheet, ScopeTerms
from documents.words import Language


def scope_terms(session: Session, version: PlanVersion, language: Language) -> ScopeTerms:
    """The promises of a plan version, in the paper's language and in the order of the plan."""
    promised = select(PlanDueTime).where(PlanDueTime.plan_version_id == version.id)
    last = None if version.highest_line is None else SUPPORT_LINES[version.highest_line]
    return ScopeTerms(
        desk_hours=version.desk_hours,
        due_times=tuple(
            DueSheet(called(one, language), one.respond_minutes, one.resolve_minutes)
            for one in session.exec(promised.order_by(col(PlanDueTime.id)))
        ),
        channels=tuple(map(Channel, version.channels.split())),
        last_line=None if last is None else called(last, language),
        requires_signature=version.requires_signature,
        unpaid=version.unpaid,
        named_contacts_only=version.named_contacts_only,
        register_check_days=version.register_check_days,
        entry_approval=version.entry_approval,
    )
