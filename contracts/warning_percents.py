"""At which shares of a pool's hours somebody is warned, as plans set them (rule H13)."""

from contracts.errors import Refusal

USUAL_PERCENTS = (80, 95, 100)
"""The shares of used hours at which clients and staff are warned, unless the plan chooses others."""
MOST = 10


def require_percents(given: object) -> tuple[int, ...]:
    """The chosen shares in per cent, the lowest first; none when nobody is to be warned.

    Raises `Refusal("FIELD_WRONG")`.
    """
    known = isinstance(given, list | tuple) and all(type(one) is int and 1 <= one <= 100 for one in given)
    chosen: list[int] = list(given) if known and isinstance(given, list | tuple) else []
    if not known or len(chosen) > MOST or len(set(chosen)) < len(chosen):
        allowed = f"at most {MOST} different whole numbers from 1 to 100"
        raise Refusal("FIELD_WRONG", field="warning_percents", value=given, allowed=allowed)
    return tuple(sorted(chosen))


def stored_percents(percents: tuple[int, ...]) -> str:
    """The shares as a plan version keeps them, "80 95 100"."""
    return " ".join(map(str, percents))


def read_percents(stored: str) -> tuple[int, ...]:
    """The shares that a plan version keeps."""
    return tuple(map(int, stored.split()))
