"""What papers cost, as ratios: a statement in empty pages, two children against one, memory over many papers."""

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec
import psutil

from documents.render import Press, child_environment
from tests.documents.samples import statement

STATEMENT = msgspec.json.encode(statement(15))
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


def in_empty_pages(rounds: int = 40) -> list[float]:
    """What a statement costs in empty pages of the same process, by processor time, in ascending order."""
    from weasyprint import HTML

    from documents.typesetting import typeset

    def empty() -> None:
        HTML(string="<html><body></body></html>").write_pdf()

    def paper() -> None:
        typeset("statement", 1, "ru", STATEMENT)

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
    ratios = in_empty_pages()
    low, middle, high = (ratios[len(ratios) * part // 4] for part in (1, 2, 3))
    print(f"  one statement: {middle:.1f} empty WeasyPrint pages (quartiles {low:.1f} and {high:.1f}; to reach: 18)")
