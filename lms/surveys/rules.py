"""Pure decisions about surveys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

RATINGS = ("useful", "clear", "trainers", "materials", "organisation", "recommend")
REMARKS = ("helped", "better")
LOWEST, HIGHEST = 1, 5
FEWEST = 5
"""With fewer returns people could be recognised by what they said."""
LONGEST_REMARK = 2000


@dataclass(frozen=True)
class Rated:
    """How often each rating was given to a question, from the highest down."""

    question: str
    counts: tuple[tuple[int, int], ...]

    @property
    def number(self) -> int:
        """How many gave one."""
        return sum(count for _, count in self.counts)

    @property
    def mean(self) -> Decimal | None:
        """Their mean with one place, rounded half up; None without any."""
        if not self.number:
            return None
        total = sum(rating * count for rating, count in self.counts)
        return (Decimal(total) / self.number).quantize(Decimal("0.1"), ROUND_HALF_UP)


def is_open(ends_on: date, today: date) -> bool:
    """Whether people can say how it was: from the last day on."""
    return today >= ends_on


def shown(returned: int) -> bool:
    """Whether the answers are shown to those who may read them."""
    return returned >= FEWEST


def rated(tallies: Mapping[str, Mapping[str, int]]) -> list[Rated]:
    """The questions in their order, with what was answered."""
    return [
        Rated(
            question,
            tuple(
                (rating, tallies.get(question, {}).get(str(rating), 0))
                for rating in range(HIGHEST, LOWEST - 1, -1)
            ),
        )
        for question in RATINGS
    ]


def added(
    tallies: Mapping[str, Mapping[str, int]], ratings: Mapping[str, int]
) -> dict[str, dict[str, int]]:
    """The counts with one more answer to each question that was rated."""
    found = {question: dict(counts) for question, counts in tallies.items()}
    for question, rating in ratings.items():
        counts = found.setdefault(question, {})
        counts[str(rating)] = counts.get(str(rating), 0) + 1
    return found


def with_remarks(remarks: Mapping[str, list[str]], said: Mapping[str, str]) -> dict[str, list[str]]:
    """The remarks with those of one more person, each list sorted."""
    found = {question: list(texts) for question, texts in remarks.items()}
    for question, text in said.items():
        if text:
            found[question] = sorted([*found.get(question, []), text])
    return found
