"""Who changed what and when, with before and after: for administrators and auditors."""

import json
from datetime import datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from sqlmodel import col, select

from api.audit import COMMAND, KEPT_TO_ANSWER, AuditedTable, AuditEntry
from api.audit_search import EntriesWanted, entries_found, rows_changed
from api.inputs import Day, PathId
from api.inviting import OF_CLIENTS
from api.keys import ApiKey
from api.pages.page import ON_A_PAGE, Page, PageRoute, ReadingPage
from api.pages.wording import say
from api.people import Person
from api.schema import metadata
from documents.words import Language

router = APIRouter(route_class=PageRoute, include_in_schema=False)

AUDITED = metadata.tables.keys() - KEPT_TO_ANSWER - {AuditEntry.__tablename__, AuditedTable.__tablename__}
"""Tables whose rows entries can name; an old entry may name one that is there no more."""


@router.get("/audit")
def show(
    page: ReadingPage,
    caller: Annotated[str, Query(max_length=60)] = "",
    table: Annotated[str, Query(max_length=60)] = "",
    since: Annotated[Day | None, Query()] = None,
    until: Annotated[Day | None, Query()] = None,
    before: Annotated[PathId | None, Query()] = None,
) -> Response:
    """The latest changes first: of everybody or of one, of every table or of one, in all days or in some."""
    first = _begins(since, page.zone) if since is not None else None
    end = _begins(until + timedelta(days=1), page.zone) if until is not None else None
    wanted = EntriesWanted(caller, table, first, end)
    found = entries_found(page.session, wanted, before=before, limit=ON_A_PAGE + 1)
    shown, counts = found[:ON_A_PAGE], rows_changed(page.session, found[:ON_A_PAGE])
    asked = {"caller": caller, "table": table, "since": since or "", "until": until or ""}
    return page.show(
        "audit.html",
        entries=[(one, json.loads(one.changes), counts[one.id]) for one in shown],
        asked=asked,
        callers=_callers(page, caller),
        tables=[("", say("audit.every_table", page.language)), *_tables(page.language)],
        known=AUDITED,
        query=urlencode(asked),
        earlier=shown[-1].id if len(found) > ON_A_PAGE else None,
    )


def _begins(day: Day, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _tables(language: Language) -> list[tuple[str, str]]:
    """Every table that is audited, by what people call a row of it."""
    return sorted(((name, say(f"tables.{name}", language)) for name in AUDITED), key=lambda one: one[1].lower())


def _callers(page: Page, chosen: str) -> list[tuple[str, str]]:
    """Whom one may choose: our people, programs, and commands; another that is chosen already stays."""
    own = select(Person).where(col(Person.role).not_in(OF_CLIENTS)).order_by(col(Person.name))
    named: dict[str, str] = {"": say("audit.everybody", page.language), COMMAND: say("audit.commands", page.language)}
    named["nobody"] = say("audit.nobody", page.language)
    named |= {f"person:{one.id}": one.name for one in page.session.exec(own)}
    named |= {f"key:{one.id}": one.name for one in page.session.exec(select(ApiKey).order_by(col(ApiKey.id)))}
    return list(({chosen: chosen} | named).items())
