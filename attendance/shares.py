"""How much of what was held somebody attended, as every page counts it. Pure.

Attended is present and late; held is that and absent. Leave is neither, nor is what nobody has decided yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass

ATTENDED = frozenset("PL")
HELD = frozenset("PLA")


@dataclass(frozen=True, slots=True)
class Share:
    """Of `held` classes, `attended`."""

    attended: int = 0
    held: int = 0

    @classmethod
    def of(cls, statuses: Iterable[str]) -> "Share":
        """Of the letters of records."""
        counted = [one for one in statuses if one in HELD]
        return cls(sum(one in ATTENDED for one in counted), len(counted))

    @property
    def percent(self) -> int | None:
        """Rounded down, so that 75 never stands for less; None while nothing was held."""
        return self.attended * 100 // self.held if self.held else None

    def reaches(self, wanted: int) -> bool:
        """Whether it is `wanted` percent or more; nothing held is not too little."""
        return self.attended * 100 >= wanted * self.held

    def needed(self, wanted: int) -> int | None:
        """So many classes more, attended one after the other, make it `wanted` percent; None: none ever will."""
        lacking = wanted * self.held - 100 * self.attended
        if lacking <= 0:
            return 0
        return -(-lacking // (100 - wanted)) if wanted < 100 else None

    def can_miss(self, wanted: int) -> int:
        """So many classes more can be missed before it falls below `wanted` percent; none when it is there already."""
        return max(0, (100 * self.attended - wanted * self.held) // wanted)
