"""A rule of the books that does not hold."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Broken:
    """`rule` as the docs number it, the rows that break it, and how. For operators: amounts are in paise."""

    rule: str
    rows: str
    says: str

    def __str__(self) -> str:
        return f"{self.rule} {self.rows}: {self.says}"
