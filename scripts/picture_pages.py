"""Take a picture of every page of the demonstration: desktop and telephone, light and dark, in one small file.

Run it against a server on the folder that `abonement demo` made: `python scripts/picture_pages.py http://127.0.0.1:8000`.
The pictures lie in docs/pictures/; look at them after a change of the style sheet.
"""

import shutil
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PASSWORD = "two-blue-umbrellas"
VIEWS = [
    ({"width": 1280, "height": 900}, "light", 460),
    ({"width": 1280, "height": 900}, "dark", 460),
    ({"width": 390, "height": 844}, "light", 180),
    ({"width": 390, "height": 844}, "dark", 180),
]
Taken = dict[str, list[Image.Image]]

TALLEST, GAP, COLOURS = 620, 10, 48
PAGES = {
    "": "/sign-in /sign-in/code /sign-in/link",
    "sales": "/clients /clients/new /clients/1 /clients/1/papers /sales/new?client=1 /sales/1 /sales/1/renew"
    " /sales/1/amend /sales/1/cancel /sales/1/package /clients/1/free-period"
    " /clients/1/contacts /clients/1/entities /clients/1/entities/1 /clients/1/registrations"
    " /entities/1/preamble /sales/1/papers /papers/1 /renewals /plans /plans/care-fixed",
    "desk": "/desk /desk?q=ромашка /desk/1 /cases /cases/1 /holds/1",
    "engineer": "/work /jobs/new?client_id=1 /timers/1",
    "accountant": "/months /months/2026-10 /corrections?month=2026-10 /corrections/1"
    " /payments /payments/1 /payments/bank /payments/bank/1 /payments/new /invoices /invoices/1"
    " /papers?month=2026-10 /papers/1 /objections /objections/1",
    "client": "/my /my/statements /my/statements/1 /my/approvals /my/invoices /my/invoices/1 /my/papers /my/packages"
    " /my/renewals/1 /my/contacts /account",
    "admin": "/settings /people /keys /webhooks /sellers /sellers/1 /sellers/1/preamble /sellers/new"
    " /plans/its-prof/publish /forms /forms/1 /calendars /audit",
}


def main(address: str) -> int:
    """Take all pictures; 1 when a page did not answer as it should."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    broken = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for role, paths in PAGES.items():
            taken: Taken = {path: [] for path in paths.split()}
            for viewport, scheme, width in VIEWS:
                broken += look(browser, address, role, viewport, scheme, width, taken)
            for path, views in taken.items():
                side_by_side(views).save(FOLDER / f"{name_of(role, path)}.png", optimize=True)
        browser.close()
    return int(broken > 0)


def look(
    browser: Browser,
    address: str,
    role: str,
    viewport: dict,
    scheme: str,
    width: int,
    taken: dict[str, list[Image.Image]],
) -> int:
    """Visit the pages of a role in one view; how many did not answer as they should."""
    context = browser.new_context(locale="ru-RU", viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    page, broken = context.new_page(), 0
    if role:
        page.goto(f"{address}/sign-in")
        page.fill("#email", f"{role}@north.example")
        page.fill("#password", PASSWORD)
        page.click("form[action='/sign-in'] button")
    for path in taken:
        answer = page.goto(address + path)
        if answer is None or answer.status != 200:
            print(f"{role} {path}: {answer and answer.status}", file=sys.stderr)
            broken += 1
        shot = Image.open(BytesIO(page.screenshot(full_page=True))).convert("RGB")
        small = shot.resize((width, round(shot.height * width / shot.width)), Image.Resampling.LANCZOS)
        taken[path].append(small.crop((0, 0, width, min(TALLEST, small.height))))
    context.close()
    return broken


def side_by_side(views: list[Image.Image]) -> Image.Image:
    """The views of one page in one picture of few colours."""
    width = sum(view.width for view in views) + GAP * (len(views) - 1)
    sheet = Image.new("RGB", (width, max(view.height for view in views)), "#888888")
    place = 0
    for view in views:
        sheet.paste(view, (place, 0))
        place += view.width + GAP
    return sheet.quantize(COLOURS, dither=Image.Dither.NONE)


def name_of(role: str, path: str) -> str:
    """The name of a page's picture."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in path.strip("/"))
    return "-".join(part for part in [role, *plain.split("-")] if part)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
