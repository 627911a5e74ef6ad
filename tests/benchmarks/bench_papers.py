"""What papers cost, as ratios: each kind in empty pages, two children against one, memory over many papers."""

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import psutil

from documents.render import Press, child_environment
from tests.documents import samples

STATEMENT = msgspec.json.encode(samples.statement(15))
OTHERS: dict[str, tuple[str, Any]] = {
    "contract": ("contract", samples.contract()),
    "invoice of a line, with its QR code": ("invoice", samples.invoice()),
    "invoice of 200 lines": ("invoice", samples.invoice(200)),
    "act": ("act", samples.act()),
    "credit note": ("credit_note", samples.credit_note()),
    "certificate": ("certificate", samples.certificate()),
    "offer": ("offer", samples.offer()),
    "reconciliation act": ("reconciliation", samples.reconciliation()),
    "replay": ("replay", samples.replay()),
}
PAPERS = 1000
LIMIT = 512 * 2**20


def run() -> None:
    """Print the ratios; takes about four minutes on a machine that does nothing else."""
    print("papers (a statement of 15 lines on 2 pages, PDF/A-3)")
    # In a process of its own, with the fonts that papers have.
    subprocess.run([sys.executable, __file__], env=child_environment(), check=True)
    one, two = throughput(1), throughput(2)
    print(f"  two children: {two / one:.2f} x the papers a second of one child")
    first, last = memory()
    print(f"  a child after {PAPERS} papers: {last / first:.2f} x its memory after 20, {last / LIMIT:.2f} of 512 MiB")


def in_empty_pages(kind: str, sheet_json: bytes, rounds: int = 12) -> list[float]:
    """What a paper costs in empty pages of the same process, by processor time, in ascending order."""
    from weasyprint import HTML

    from documents.typesetting import typeset

    def empty() -> None:
        HTML(string="<html><body></body></html>").write_pdf()

    def paper() -> None:
        typeset(kind, 1, "ru", sheet_json)

    for _ in range(3):
        empty()
        paper()
    # Side by side, so that a noisy machine slows both.
    return sorted(
        processor_seconds(paper) / (sum(processor_seconds(empty) for _ in range(3)) / 3) for _ in range(rounds)
    )


def processor_seconds(work: Callable[[], None]) -> float:
    """The processor time that `work` takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def throughput(children: int, papers: int = 60) -> float:
    """Papers a second with that many children."""
    with Press(children) as press, ThreadPoolExecutor(children) as callers:
        list(callers.map(lambda _: _render(press), range(2 * children)))
        began = time.perf_counter()
        list(callers.map(lambda _: _render(press), range(papers)))
        return papers / (time.perf_counter() - began)


def memory() -> tuple[int, int]:
    """Resident bytes of a child after its 20th and after its last paper."""
    with Press(1, papers_per_child=PAPERS + 1) as press:
        before = set(psutil.Process().children())
        for _ in range(20):
            _render(press)
        (child,) = set(psutil.Process().children()) - before
        first = child.memory_info().rss
        for _ in range(PAPERS - 20):
            _render(press)
        return first, child.memory_info().rss


def _render(press: Press) -> bytes:
    return press.render("statement", 1, "ru", STATEMENT)


if __name__ == "__main__":
    ratios = in_empty_pages("statement", STATEMENT, rounds=40)
    low, middle, high = (ratios[len(ratios) * part // 4] for part in (1, 2, 3))
    print(f"  one statement: {middle:.1f} empty WeasyPrint pages (quartiles {low:.1f} and {high:.1f}; to reach: 18)")
    for name, (kind, sheet) in OTHERS.items():
        ratios = in_empty_pages(kind, msgspec.json.encode(sheet))
        print(f"  one {name}: {ratios[len(ratios) // 2]:.1f} empty pages")
