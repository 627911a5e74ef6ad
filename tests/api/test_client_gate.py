"""What a desk does without answers, and the queue that keeps its work: nothing is dropped, nothing recorded twice."""

import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlmodel import select

from api.client import CallWrong, DeskClient, Gate, Queued, Replayed, Unavailable, WorkQueue
from api.database import reading
from api.v1.desk_answers import WorkAnswer
from entitlements.reasons import Reason
from entitlements.work import WorkEntry
from tests.api.client_desk import desk_of, server_of
from tests.api.conftest import House
from tests.loopback import nobody

AWAY: dict[str, Any] = {"patience_seconds": 5, "sleep": lambda _: None}


@pytest.fixture
def queue(tmp_path: Path) -> WorkQueue:
    """An empty queue."""
    return WorkQueue(tmp_path / "queue.jsonl")


@pytest.fixture
def away() -> Iterator[DeskClient]:
    """A client of a server that is not there."""
    with DeskClient(nobody(), "abk_x", **AWAY) as desk:
        yield desk


def an_hour(house: House, number: int = 1, minutes: int = 60) -> dict[str, Any]:
    """Work of a day for the client."""
    event = {"source": "desk", "external_id": f"SD-{number}"}
    return {"client_id": house.own.id, "worked_minutes": minutes, "work_on": house.clock().date(), **event}


def recorded(house: House) -> list[tuple[str, int]]:
    """Every entry that the server keeps."""
    with reading(house.engine) as session:
        return [(entry.external_id, entry.worked_minutes) for entry in session.exec(select(WorkEntry).order_by("id"))]


def test_each_choice_is_what_it_says(away: DeskClient, queue: WorkQueue) -> None:
    question: dict[str, Any] = {"client": {"id": 1}}
    with pytest.raises(Unavailable):
        Gate(away, on_unavailable="raise").check(**question)
    for gate, serve in (
        (Gate(away, on_unavailable="serve_and_queue", queue=queue), True),
        (Gate(away, on_unavailable="refuse"), False),
    ):
        for passage in (gate.check(**question), gate.hold(**question)):
            assert (passage.serve, passage.answer) == (serve, None)
            assert isinstance(passage.unavailable, Unavailable)


@pytest.mark.parametrize("choice", ["raise", "refuse", "serve_and_queue"])
def test_an_answer_is_followed_whatever_was_chosen(house: House, tmp_path: Path, choice: Any) -> None:
    queue = WorkQueue(tmp_path / "queue") if choice == "serve_and_queue" else None
    with desk_of(house, tmp_path) as desk:
        gate = Gate(desk, on_unavailable=choice, queue=queue)
        served = gate.hold(client={"id": house.own.id}, service="remote_work", requested_minutes=30)
        assert served.serve
        assert served.answer is not None
        assert served.answer.hold is not None
        denied = gate.check(client={"inn": "7707083893"})
        assert denied.answer is not None
        assert (denied.serve, denied.answer.reason, denied.unavailable) == (False, Reason.CLIENT_UNKNOWN, None)
        with pytest.raises(CallWrong, match="KEY_OF_CLIENT_REQUIRED"):
            gate.check(client={})


def test_a_choice_is_made_and_a_queue_belongs_to_one_of_them(away: DeskClient, queue: WorkQueue) -> None:
    wrong: list[dict[str, Any]] = [
        {"on_unavailable": "serve_and_queue"},
        {"on_unavailable": "refuse", "queue": queue},
        {"on_unavailable": "serve"},
    ]
    for chosen in wrong:
        with pytest.raises(ValueError, match="queue"):
            Gate(away, **chosen)
    with pytest.raises(ValueError, match="no queue"):
        Gate(away, on_unavailable="raise").replay()


@pytest.mark.parametrize("choice", ["raise", "refuse"])
def test_work_that_nobody_keeps_is_told_to_the_caller(house: House, away: DeskClient, choice: Any) -> None:
    with pytest.raises(Unavailable):
        Gate(away, on_unavailable=choice).log_work(**an_hour(house))


def test_queued_work_is_recorded_once_when_the_server_is_back(
    house: House, away: DeskClient, queue: WorkQueue, tmp_path: Path
) -> None:
    closed = Gate(away, on_unavailable="serve_and_queue", queue=queue)
    queued = [closed.log_work(**an_hour(house, number)) for number in (1, 2)]
    assert all(isinstance(one, Queued) for one in queued)
    assert closed.replay() == Replayed(0, (), 2, 0)
    assert stat.S_IMODE(queue.path.stat().st_mode) == 0o600
    with desk_of(house, tmp_path) as desk:
        opened = Gate(desk, on_unavailable="serve_and_queue", queue=queue)
        assert opened.replay() == Replayed(2, (), 0, 0)
        assert opened.replay() == Replayed(0, (), 0, 0)
        assert recorded(house) == [("SD-1", 60), ("SD-2", 60)]
        assert isinstance(opened.log_work(**an_hour(house, 3)), WorkAnswer)
    assert queue.waiting() == []


def test_what_an_attempt_did_before_its_answer_was_lost_is_not_done_again_d8(
    house: House, queue: WorkQueue, tmp_path: Path
) -> None:
    with desk_of(house, tmp_path) as desk:
        desk.log_work(once="k-1", **an_hour(house))
        queue.add("k-1", an_hour(house))
        desk.log_work(once="k-2", **an_hour(house, minutes=90))
        assert queue.replay(desk) == Replayed(1, (), 0, 0)
    assert recorded(house)[-1] == ("SD-1", 90)


def test_a_correction_never_overtakes_what_waits(
    house: House, away: DeskClient, queue: WorkQueue, tmp_path: Path
) -> None:
    Gate(away, on_unavailable="serve_and_queue", queue=queue).log_work(**an_hour(house, minutes=60))
    with desk_of(house, tmp_path) as desk:
        gate = Gate(desk, on_unavailable="serve_and_queue", queue=queue)
        assert isinstance(gate.log_work(**an_hour(house, minutes=45)), Queued)
        assert isinstance(gate.log_work(**an_hour(house, number=2)), WorkAnswer)
        assert gate.replay().recorded == 2
    assert recorded(house)[-1] == ("SD-1", 45)


def test_refused_work_waits_and_keeps_nobody_behind_it(house: House, queue: WorkQueue, tmp_path: Path) -> None:
    queue.add("k-1", an_hour(house) | {"client_id": 999_999})
    queue.add("k-2", an_hour(house, 2))
    with desk_of(house, tmp_path) as desk:
        for newly in (1, 0):
            done = queue.replay(desk)
            ((waiting, wrong),) = done.refused
            assert (waiting.key, wrong.code, done.recorded, done.left) == ("k-1", "CLIENT_UNKNOWN", newly, 0)
    assert [waiting.key for waiting in queue.waiting()] == ["k-1"]


def test_a_line_that_a_crash_tore_spoils_no_other(house: House, queue: WorkQueue) -> None:
    queue.add("k-1", an_hour(house))
    with queue.path.open("ab") as file:
        file.write(b'{"key": "k-2", "wor')
    queue.add("k-3", an_hour(house, 3))
    assert [waiting.key for waiting in queue.waiting()] == ["k-1", "k-3"]
    with DeskClient(nobody(), "abk_x", **AWAY) as desk:
        assert queue.replay(desk) == Replayed(0, (), 2, 1)


def test_processes_and_threads_that_queue_at_the_same_time_lose_nothing(queue: WorkQueue) -> None:
    code = (
        "import sys; from api.client import WorkQueue\n"
        "for n in range(25): WorkQueue(sys.argv[1]).add(f'{sys.argv[2]}-{n}', {'source': 'x' * 5000})"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(queue.path), name]) for name in "ab"]
    barrier = Barrier(4)

    def add(name: str) -> None:
        barrier.wait()
        for number in range(25):
            queue.add(f"{name}-{number}", {"source": "x" * 5000})

    threads = [Thread(target=add, args=(name,)) for name in "cdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait() for process in processes] == [0, 0]
    assert {waiting.key for waiting in queue.waiting()} == {f"{name}-{n}" for name in "abcdef" for n in range(25)}


def test_two_replays_at_once_record_each_entry_once(house: House, queue: WorkQueue, tmp_path: Path) -> None:
    for number in range(6):
        queue.add(f"k-{number}", an_hour(house, number))
    done: list[Replayed] = []
    with server_of(house, tmp_path) as url, DeskClient(url, house.tokens["desk"], patience_seconds=60) as desk:
        threads = [Thread(target=lambda: done.append(queue.replay(desk))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(one.recorded for one in done) == [0, 6]
    assert sorted(external_id for external_id, _ in recorded(house)) == [f"SD-{number}" for number in range(6)]
