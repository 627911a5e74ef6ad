"""The page of the audit: by whom, of which table, in which days, page by page."""

from api.audit import KEPT_TO_ANSWER
from api.pages.wording import texts
from api.roles import PersonRole
from api.schema import metadata
from tests.api.pages.conftest import Pages


def test_the_page_shows_what_was_asked_for_and_keeps_it_while_one_turns_pages(pages: Pages) -> None:
    sales, auditor = pages.browser(PersonRole.SALES), pages.browser(PersonRole.AUDITOR)
    for number in range(51):
        path = f"/clients/{pages.house.own.id}:assign"
        assert sales.post(path, data={"form_key": str(number), "manager": f"Котова {number}"}).status_code == 303
    who = f"person:{pages.people[PersonRole.SALES].id}"
    first = auditor.get(f"/audit?caller={who}&table=client&since=2026-10-05&until=2026-10-05").text
    assert (first.count("<details>"), "Котова 50" in first) == (50, True)
    assert f'value="{who}" selected' in first
    (earlier,) = [part.partition('"')[0] for part in first.split('href="') if "before=" in part[:200]]
    assert auditor.get(earlier.replace("&amp;", "&")).text.count("<details>") == 1
    for nothing in ("until=2026-10-04", "since=2026-10-06", "table=payment", "caller=command"):
        assert "There are no such changes" in auditor.get(f"/audit?{nothing}").text, nothing
    assert auditor.get("/audit?since=2026-02-30").status_code == 422


def test_rows_are_called_what_people_call_them(pages: Pages) -> None:
    own = pages.house.own.id
    assert pages.browser(PersonRole.SALES).post(f"/clients/{own}:assign", data={"form_key": "1", "manager": "Котова"})
    auditor = pages.browser(PersonRole.AUDITOR)
    shown = auditor.get("/audit?table=client").text
    assert "Client: 1</span>" in shown
    assert f"<td>Client {own}</td>" in shown
    assert '<option value="work_entry">Work entry</option>' in shown
    assert f">Only: {pages.people[PersonRole.SALES].name}</a>" in shown
    named = {name.removeprefix("tables.") for name in texts() if name.startswith("tables.")}
    assert named == metadata.tables.keys() - KEPT_TO_ANSWER - {"audit_entry", "audited_table"}
