"""The child process that typesets papers under limits: jobs on standard input, answers on standard output."""

import os
import resource
import signal
import sys
from multiprocessing.connection import Connection

import msgspec

from documents.render import Answer, Job
from documents.typesetting import typeset
from documents.words import printable


def main(memory_bytes: int) -> None:
    """Typeset job after job until the pipe closes; more than `memory_bytes` of address space is refused."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    jobs = Connection(os.dup(0), writable=False)
    answers = Connection(os.dup(1), readable=False)
    os.dup2(2, 1)  # what a library prints must not get between the answers
    while True:
        try:
            job = msgspec.msgpack.decode(jobs.recv_bytes(), type=Job)
        except EOFError:
            return
        answers.send_bytes(msgspec.msgpack.encode(answer(job)))


def answer(job: Job) -> Answer:
    """The job's PDF or its problem in one line."""
    # The press watches the clock too; the alarm ends a stuck process whose press is gone.
    signal.alarm(job.seconds + 1)
    try:
        return Answer(pdf=typeset(job.kind, job.version, job.language, job.sheet_json, job.form_json))
    except BaseException as problem:  # WeasyPrint's fatal errors are not Exceptions
        return Answer(problem=printable(f"{type(problem).__name__}: {problem}")[:500])
    finally:
        signal.alarm(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
