"""Who changed what and when, with before and after: for administrators and auditors."""

import json
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from api.audit import AuditEntry
from api.inputs import PathId
from api.pages.page import PageRoute, ReadingPage

router = APIRouter(route_class=PageRoute, include_in_schema=False)

ON_A_PAGE = 50


@router.get("/audit")
def show(
    page: ReadingPage,
    caller: Annotated[str, Query(max_length=60)] = "",
    before: Annotated[PathId | None, Query()] = None,
) -> Response:
    """The latest changes first, of everybody or of one caller."""
    query = select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(ON_A_PAGE + 1)
    if caller:
        query = query.where(AuditEntry.caller == caller)
    if before is not None:
        query = query.where(col(AuditEntry.id) < before)
    found = page.session.exec(query).all()
    entries = [(entry, json.loads(entry.changes)) for entry in found[:ON_A_PAGE]]
    return page.show(
        "audit.html",
        entries=entries,
        caller=caller,
        earlier=found[ON_A_PAGE - 1].id if len(found) > ON_A_PAGE else None,
    )
