"""The press: equal bytes, limits, and no paper hurt by another (P2, P7)."""

import io
import subprocess
import sys
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import msgspec
import psutil
import pypdf
import pytest

from documents.render import PaperFailed, Press
from tests.documents import samples

STATEMENT = msgspec.json.encode(samples.statement(4))
ACT = msgspec.json.encode(samples.act())


def children() -> set[psutil.Process]:
    return {child for child in psutil.Process().children() if "documents.typesetter" in child.cmdline()}


def test_the_same_sheet_gives_the_same_bytes_in_every_process_p2() -> None:
    with Press(1) as one, Press(1) as other:
        first = one.render("statement", 1, "ru", STATEMENT)
        one.render("act", 1, "en", ACT)
        assert one.render("statement", 1, "ru", STATEMENT) == first
        other.render("act", 1, "ru", ACT)
        assert other.render("statement", 1, "ru", STATEMENT) == first


def test_dates_and_title_come_from_the_sheet_and_the_paper_is_pdf_a_p2(press: Press) -> None:
    reader = pypdf.PdfReader(io.BytesIO(press.render("statement", 1, "ru", STATEMENT)))
    assert reader.metadata is not None
    assert reader.metadata.title == "Отчёт о часах № ОЧ-2026/311"
    assert f"{reader.metadata.creation_date:%Y-%m-%d}" == "2026-11-01"
    metadata = reader.trailer["/Root"]["/Metadata"].get_data()
    assert b'part="3"' in metadata
    assert b'conformance="U"' in metadata


def test_only_the_fonts_of_the_product_are_used_and_each_is_embedded(press: Press) -> None:
    reader = pypdf.PdfReader(io.BytesIO(press.render("statement", 1, "ru", STATEMENT)))
    fonts = [font["/DescendantFonts"][0] for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    assert all("IBM-Plex-Sans" in font["/BaseFont"] for font in fonts)
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)


def test_a_killed_child_fails_its_paper_and_no_other_p7() -> None:
    before = children()
    with Press(2) as press, ThreadPoolExecutor(2) as pool:
        press.render("act", 1, "ru", ACT)
        (victim,) = children() - before
        victim.suspend()
        papers = {pool.submit(press.render, "act", 1, "ru", ACT) for _ in range(2)}
        done, doomed = wait(papers, return_when=FIRST_COMPLETED)
        victim.kill()
        assert done.pop().result().startswith(b"%PDF")
        with pytest.raises(PaperFailed, match=r"act v1 \(ru\): its process died with status -9"):
            doomed.pop().result()
        assert press.render("act", 1, "ru", ACT).startswith(b"%PDF")


def test_a_paper_that_takes_too_long_fails_alone_p7() -> None:
    before = children()
    with Press(1) as press:
        press.render("act", 1, "ru", ACT)
        (stuck,) = children() - before
        stuck.suspend()
        press.seconds = 1
        with pytest.raises(PaperFailed, match="it took longer than 1 s"):
            press.render("act", 1, "ru", ACT)
        assert not stuck.is_running()
        press.seconds = 60
        assert press.render("act", 1, "ru", ACT).startswith(b"%PDF")


def test_a_paper_that_needs_too_much_memory_fails_p7() -> None:
    huge = msgspec.json.encode(samples.statement(400))
    with Press(1, memory_bytes=64 * 2**20) as press, pytest.raises(PaperFailed, match=r"MemoryError|died"):
        press.render("statement", 1, "ru", huge)


@pytest.mark.parametrize(
    ("kind", "version", "language", "why"),
    [
        ("statement", 1, "ru", "missing required field"),
        ("poem", 1, "ru", "KeyError"),
        ("act", 9, "ru", "TemplateNotFound"),
        ("act", 1, "fr", "not a valid Language"),
    ],
)
def test_a_failed_paper_says_which_and_why(press: Press, kind: str, version: int, language: str, why: str) -> None:
    with pytest.raises(PaperFailed, match=rf"{kind} v{version} \({language}\): .*{why}"):
        press.render(kind, version, language, ACT)


def test_a_child_is_retired_after_its_papers() -> None:
    before = children()
    with Press(1, papers_per_child=2) as press:
        seen = []
        for _ in range(3):
            press.render("act", 1, "ru", ACT)
            seen.append(children() - before)
    assert [len(pids) for pids in seen] == [1, 0, 1]
    assert seen[0] != seen[2]
    assert children() == before


def test_a_long_paper_has_its_time_and_its_memory_goes_with_its_child(monkeypatch: pytest.MonkeyPatch) -> None:
    before = children()
    with Press(1) as press:
        press.render("act", 1, "ru", ACT)
        (stuck,) = children() - before
        monkeypatch.setattr("documents.render.LONG_SHEET_BYTES", len(ACT) // 2)
        stuck.suspend()
        press.seconds = 1
        with pytest.raises(PaperFailed, match="longer than 3 s"):
            press.render("act", 1, "ru", ACT)
        press.seconds = 60
        press.render("act", 1, "ru", ACT)
        assert children() == before


def test_a_child_ends_when_its_press_is_gone() -> None:
    leaves = """
import os, psutil, sys
from documents.render import Press
press = Press(1)
press.render("act", 1, "ru", sys.stdin.buffer.read())
print(psutil.Process().children()[0].pid, flush=True)
os._exit(0)
"""
    done = subprocess.run([sys.executable, "-c", leaves], input=ACT, capture_output=True, check=True)
    pid = int(done.stdout)
    if psutil.pid_exists(pid):
        psutil.Process(pid).wait(timeout=10)
