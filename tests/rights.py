"""Who may what, written down once more beside the tests, so that no line of the tables changes unnoticed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

BESIDE = Path(__file__).parent
ANYBODY = "anybody"

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Rights:
    """The places that are open to anybody, and who may enter each of the others."""

    opened: set[Place]
    allowed: dict[Place, set[str]]

    def differ_at(self, opened: Iterable[Place], allowed: Mapping[Place, Iterable[str]]) -> set[Place]:
        """The places at which a table says something else."""
        told = {place: set(roles) for place, roles in allowed.items()}
        shut = {place for place in self.allowed.keys() | told.keys() if self.allowed.get(place) != told.get(place)}
        return (self.opened ^ set(opened)) | shut


def written(name: str) -> Rights:
    """The rights as a file beside this one names them: a method, a path, and the roles or "anybody"."""
    lines = [line.split() for line in (BESIDE / name).read_text("utf-8").splitlines() if not line.startswith("#")]
    named = {(method, path): set(roles) for method, path, *roles in lines}
    assert len(named) == len(lines), "a place stands in one line"
    opened = {place for place, roles in named.items() if roles == {ANYBODY}}
    return Rights(opened, {place: roles for place, roles in named.items() if place not in opened})
