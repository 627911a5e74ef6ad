"""The two outcomes of a call that are no answer; neither is ever a yes or a no."""

from typing import Any


class Unavailable(Exception):
    """No honest answer could be had: the server is away, slow or faulty, or what came back is none of its answers.

    `retry_after` is how many seconds the server asks to wait, when it asks. A write may have been done all the same:
    repeat it with the same key.
    """

    def __init__(self, why: str, retry_after: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.retry_after = retry_after


class CallWrong(Exception):
    """The server refuses the call itself (4xx), and will refuse it again: its problem of RFC 9457.

    `code` is stable, `title` says in words what to do; `field`, `value` and `allowed` name what is wrong where one
    field is; `problem` is the whole.
    """

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{problem['code']}: {problem['title']}")
        self.status = status
        self.problem = problem
        self.code: str = problem["code"]
        self.title: str = problem["title"]
        self.field: str | None = problem.get("field")
        self.value: Any = problem.get("value")
        self.allowed: Any = problem.get("allowed")
