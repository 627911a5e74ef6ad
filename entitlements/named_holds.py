"""The hold that an id names: one that was extended goes on under the id that was told with the answer (H12)."""

from sqlmodel import Session, select

from contracts.known_rows import known_row
from entitlements.hold_ends import HoldEnd
from entitlements.holds import Hold, HoldEnding


def named_hold(session: Session, hold_id: int) -> tuple[Hold, HoldEnding | None]:
    """The hold of an id, or the last that took its place when it was extended, with its end, if it has ended.

    It is never one that was extended. Raises `Refusal("HOLD_UNKNOWN")`.
    """
    held = known_row(session, Hold, hold_id)
    while (ending := _ending(session, held.id)) is not None and ending.end is HoldEnd.EXTENDED:
        held = session.exec(select(Hold).where(Hold.successor_of == held.id)).one()
    return held, ending


def _ending(session: Session, hold_id: int) -> HoldEnding | None:
    return session.exec(select(HoldEnding).where(HoldEnding.hold_id == hold_id)).first()
