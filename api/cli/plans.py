"""Commands about what is on sale: the versions of a plan, how they differ, and a new one."""

import json
from pathlib import Path
from typing import Annotated

from api.cli import options
from api.cli.counter import room, taught
from api.cli.installation import database, now
from api.cli.language import Text
from api.cli.screen import say, table
from api.cli.values import argument, existing_file, option, whole

plans = room("plan", Text("Планы и их версии", "Plans and their versions"))

PlanCode = Annotated[str, argument("код плана", "code of the plan", Text("ПЛАН", "PLAN"))]
Definition = Annotated[
    Path, argument("файл JSON с планом", "JSON file with the plan", Text("ФАЙЛ", "FILE"), existing_file)
]
_version = whole(1, 9999)
Before = Annotated[int | None, option("--from", "версия слева", "version on the left", _version, options.NUMBER)]
After = Annotated[int | None, option("--to", "версия справа", "version on the right", _version, options.NUMBER)]


@taught(
    plans,
    "diff",
    Text(
        "Показать, чем версии плана отличаются; без номеров — две последние.",
        "Show how versions of a plan differ; the last two without numbers.",
    ),
    "abonement plan diff its-prof",
    "abonement plan diff its-prof --from 1 --to 3",
)
def diff(plan: PlanCode, before: Before = None, after: After = None) -> None:
    """Show the versions of a plan and what two of them say otherwise (S9)."""
    from api.database import reading
    from contracts.plan_versions import plan_differences, versions_of

    with database() as engine, reading(engine) as session:
        versions = versions_of(session, plan)
        table(
            (Text("Версия", "Version"), Text("Продаётся с", "On sale from")),
            [(one.version, one.valid_from) for one in versions],
        )
        last = versions[-1].version
        right = after or last
        left = before or max(right - 1, 1)
        differences = plan_differences(session, plan, left, right)
        if not differences:
            say(Text("Отличий нет.", "There are no differences."))
            return
        heads = (Text("Условие", "Setting"), Text(f"Версия {left}", f"Version {left}"), f"{right}")
        table(heads, [(one.setting, one.before or "—", one.after or "—") for one in differences])


@taught(
    plans,
    "publish",
    Text(
        "Выпустить план или следующую версию известного; проданное остаётся на своей версии.",
        "Publish a plan, or the next version of a known one; what was sold stays on its own version.",
    ),
    "abonement plan publish its-prof-2027.json",
)
def publish(definition: Definition) -> None:
    """Publish a plan from a file as `contracts.publishing.publish_plan` takes it (S9)."""
    from api.database import transaction
    from contracts.catalogue import Plan
    from contracts.errors import Refusal
    from contracts.publishing import publish_plan

    try:
        given = dict(json.loads(definition.read_text("utf-8-sig")))
    except (ValueError, TypeError) as broken:
        raise Refusal("FILE_UNREADABLE", field="file", value=str(definition), problem=str(broken)) from None
    with database() as engine, transaction(engine) as session:
        version = publish_plan(session, given, at=now())
        code = session.get_one(Plan, version.plan_id).code
        number, day = version.version, version.valid_from
    say(Text(f"План {code}, версия {number}, с {day}.", f"Plan {code}, version {number}, from {day}."))
