"""Editing many work entries at once before their months are closed: shown first, then all or none (H10, H14)."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from api.calls import Once
from api.inputs import Day, Id, Input, Number, line
from api.outputs import Answer
from api.request import Call, GuardedRoute, Writer
from api.v1.answers import SEES_MONEY
from api.v1.moved_work import MovedTold, moved_told
from billing.previewing import moved_in_pools
from entitlements.editing_work import MOST_ENTRIES, Change, ChosenWork, Edited, edit_work
from entitlements.hours_facts import Charge

router = APIRouter(route_class=GuardedRoute, tags=["work"])

Mode = Annotated[Charge, Field(strict=False)]


class ChosenInput(Input):
    """Which entries are meant: those that fit all that is named; days of the work, both inside."""

    client_id: Id | None = None
    seller_id: Id | None = None
    entry_ids: list[Id] | None = Field(default=None, min_length=1, max_length=MOST_ENTRIES)
    source: str | None = line(60, default=None)
    engineer: str | None = line(200, default=None, examples=["Ильин А. С."])
    ticket: str | None = line(100, default=None, examples=["SD-1042"])
    service: str | None = line(60, default=None)
    charge: Mode | None = None
    first_day: Day | None = None
    last_day: Day | None = None


class ChangeInput(Input):
    """What they say from now on; what is left out stays as it is."""

    client_id: Id | None = None
    seller_id: Id | None = None
    entity_id: Id | None = None
    service: str | None = Field(default=None, max_length=60)
    ticket: str | None = Field(default=None, max_length=100)
    charge: Mode | None = Field(default=None, examples=["goodwill"])
    worked_minutes: Number | None = None


class EditInput(Input):
    """Entries, and what becomes of them."""

    chosen: ChosenInput
    change: ChangeInput


class EditedTold(Answer):
    """An entry as it was recorded, and the reversal and the entry that took its place; none where only shown."""

    source: str
    external_id: str
    client_id: int
    before_id: int
    reversal_id: int | None
    id: int | None
    worked_minutes: int
    counts_on: date


class EditAnswer(Answer):
    """What was changed; entries that said so already are left out."""

    edited: list[EditedTold]


class MovedPool(MovedTold):
    """What all the changes together move in the hours of a client with a seller."""

    client_id: int
    seller_id: int


class EditPreview(EditAnswer):
    """What would be changed, and what that would move."""

    moved: list[MovedPool]


@router.post("/v1/work-entries:edit", response_model=EditAnswer)
def edit(new: EditInput, once: Once) -> Response:
    """Change many entries, each by a reversal and a new entry; one in a closed month, and none is changed."""
    return once.answer(lambda call: EditAnswer(edited=[_told(one) for one in _edit(call, new)]), status=200)


@router.post("/v1/work-entries:preview-edit")
def preview(new: EditInput, call: Writer) -> EditPreview:
    """What the edit would change and move; nothing is written."""
    edited = _edit(call, new)
    moved = moved_in_pools(call.session, [one.logged for one in edited], at=call.at)
    written = (entry for one in edited for entry in (one.logged.entry, one.logged.reversal))
    ids, money = {entry.id for entry in written if entry is not None}, call.principal.role in SEES_MONEY
    pools = [
        MovedPool(client_id=client_id, seller_id=seller_id, **moved_told(one, ids, money=money).model_dump())
        for (client_id, seller_id), one in moved.items()
    ]
    told = [_told(one).model_copy(update={"reversal_id": None, "id": None}) for one in edited]
    call.session.rollback()
    return EditPreview(edited=told, moved=pools)


def _edit(call: Call, new: EditInput) -> list[Edited]:
    return edit_work(call.session, ChosenWork(**dict(new.chosen)), Change(**dict(new.change)), at=call.at)


def _told(one: Edited) -> EditedTold:
    entry, reversal = one.logged.entry, one.logged.reversal
    assert entry is not None
    return EditedTold(
        source=entry.source,
        external_id=entry.external_id,
        client_id=entry.client_id,
        before_id=one.before.id,
        reversal_id=reversal.id if reversal is not None else None,
        id=entry.id,
        worked_minutes=entry.worked_minutes,
        counts_on=entry.counts_on,
    )
