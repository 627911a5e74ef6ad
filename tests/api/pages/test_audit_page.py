"""The page of the audit: by whom, of which table, in which days, page by page."""

from api.roles import PersonRole
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
