"""The press: renders papers in a few limited child processes, so that no paper can hurt another or the caller (P7)."""

import os
import subprocess
import sys
from multiprocessing import Pipe
from pathlib import Path
from queue import LifoQueue
from types import TracebackType
from typing import Self

import msgspec

PACKAGE = Path(__file__).parent
LONG_SHEET_BYTES = 1_000_000
"""From here on a paper is long."""
# A child sees no other part of our environment, so no address or password of ours can get into a paper.
_INHERITED = ("HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "XDG_CACHE_HOME")


class PaperFailed(Exception):
    """A paper could not be rendered; the text says which one and why. No other paper is touched."""


class Job(msgspec.Struct, frozen=True):
    """One paper to typeset, and how many seconds it may take."""

    kind: str
    version: int
    language: str
    sheet_json: bytes
    form_json: bytes
    seconds: int

    def __str__(self) -> str:
        return f"{self.kind} v{self.version} ({self.language})"


class Answer(msgspec.Struct, frozen=True):
    """The PDF, or why there is none."""

    pdf: bytes = b""
    problem: str = ""


class Press:
    """Up to `children` processes; each is retired after `papers_per_child` papers, a long one or a failed one.

    A paper may take `seconds`, for each started million bytes of its sheet when it is long; a child `memory_bytes` of
    address space. `render` may be called from any thread and waits for a free child. Use the press as a context
    manager, or call `close`.
    """

    def __init__(
        self,
        children: int = 2,
        *,
        papers_per_child: int = 200,
        seconds: int = 60,
        memory_bytes: int = 1_000_000_000,
    ) -> None:
        self.children = children
        self.papers_per_child = papers_per_child
        self.seconds = seconds
        self.memory_bytes = memory_bytes
        self._free: LifoQueue[_Child | None] = LifoQueue()
        for _ in range(children):
            self._free.put(None)  # a child is started when a paper needs it

    def render(self, kind: str, version: int, language: str, sheet_json: bytes, form_json: bytes = b"") -> bytes:
        """The PDF of a stored sheet in a stored form; equal ones give equal bytes (P2). Raises PaperFailed."""
        seconds = self.seconds * (1 + len(sheet_json) // LONG_SHEET_BYTES)
        job = Job(kind, version, language, sheet_json, form_json, seconds)
        child = self._free.get()
        kept: _Child | None = None
        try:
            child = child or _Child(self.memory_bytes)
            answer = child.typeset(job)
            if answer.problem:
                raise PaperFailed(f"{job}: {answer.problem}")
            if child.papers < self.papers_per_child and len(sheet_json) < LONG_SHEET_BYTES:
                kept = child
            return answer.pdf
        finally:
            if child is not None and kept is None:
                child.end()
            self._free.put(kept)

    def close(self) -> None:
        """End the children, once the papers that are being rendered are done; the press can be used again."""
        resting = [self._free.get() for _ in range(self.children)]
        for child in resting:
            if child is not None:
                child.end()
            self._free.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def child_environment() -> dict[str, str]:
    """What a typesetting process may see: our fonts and no others, and nothing that makes bytes differ."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return inherited | {
        "FONTCONFIG_FILE": str(PACKAGE / "fonts" / "fonts.conf"),
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": str(PACKAGE.parent),
        "SOURCE_DATE_EPOCH": "0",
    }


class _Child:
    """One typesetting process and the two pipes to it."""

    def __init__(self, memory_bytes: int) -> None:
        jobs, self._jobs = Pipe(duplex=False)
        self._answers, answers = Pipe(duplex=False)
        command = [sys.executable, "-m", "documents.typesetter", str(memory_bytes)]
        with jobs, answers:
            self._process = subprocess.Popen(
                command, stdin=jobs.fileno(), stdout=answers.fileno(), env=child_environment()
            )
        self.papers = 0

    def typeset(self, job: Job) -> Answer:
        """The child's answer; PaperFailed when it dies or takes too long."""
        self.papers += 1
        try:
            self._jobs.send_bytes(msgspec.msgpack.encode(job))
            if self._answers.poll(job.seconds):
                return msgspec.msgpack.decode(self._answers.recv_bytes(), type=Answer)
        except (EOFError, OSError) as gone:
            raise PaperFailed(f"{job}: its process died with status {self._process.wait()}") from gone
        raise PaperFailed(f"{job}: it took longer than {job.seconds} s")

    def end(self) -> None:
        """Kill the process: it holds nothing that has to be saved."""
        self._process.kill()
        self._process.wait()
        self._jobs.close()
        self._answers.close()
