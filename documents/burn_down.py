"""The burn-down picture of a statement: one small drawing of our own, whose words stand beside it (P5)."""

from collections.abc import Sequence
from itertools import groupby

DAY_WIDTH, HEIGHT = 10, 40
"""In the drawing's own units."""


def burn_down_svg(left_minutes: Sequence[int]) -> str:
    """Steps as high as what was left at the end of each day, over a line for nothing left.

    Days alike are one stroke: each costs as much as a word of text.
    """
    highest = max(*left_minutes, 1)
    width = DAY_WIDTH * len(left_minutes)
    path, day = f"M0,{HEIGHT}H{width}M0,{HEIGHT}", 0
    for minutes, days in groupby(left_minutes):
        day += len(list(days))
        path += f"V{HEIGHT - HEIGHT * max(minutes, 0) / highest:.1f}H{day * DAY_WIDTH}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -2 {width + 2} {HEIGHT + 4}">'
        f'<path d="{path}" stroke="#15191d" fill="none"/></svg>'
    )
