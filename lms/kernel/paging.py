"""A page of a list: numbered, with a total."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows of one page (numbered from 1) out of ``total``."""

    rows: list[T]
    total: int
    number: int
    size: int

    @property
    def count(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.size))


def page_number(text: str | None) -> int:
    """The page a visitor asked for; nonsense means the first."""
    if text and text.isascii() and text.isdecimal() and len(text) < 7:
        return max(1, int(text))
    return 1
