"""Which courses have what, as bitmaps: one bit for each course or offering, in the order given.

What is asked for is met and counted by a few operations on whole numbers, at a thousand courses as
at ten. For the way see Wong and others, "Bit Transposed Files" (VLDB 1985).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from itertools import compress
from typing import TypeVar

from lms.catalogue.filters import Candidate, Filters

Thing = TypeVar("Thing")
Bitmap = int
_OF_COURSES = ("kind", "mode", "language", "competency")
_OF_RUNS = ("place", "seats")
_AS_TRUTH = bytes.maketrans(b"01", b"\0\1")


class Index:
    """The courses of a catalogue, with the free seats of one moment."""

    def __init__(self, candidates: Sequence[Candidate], now: datetime) -> None:
        self._candidates, self._now = candidates, now
        self._runs = [run for each in candidates for run in each.runs]
        self._course_of = [place for place, each in enumerate(candidates) for _ in each.runs]
        # Few ask for one place and months; many ask for free seats.
        self._known: dict[Filters, Bitmap] = {}

    def everything(self) -> Bitmap:
        """All the courses."""
        return (1 << len(self._candidates)) - 1

    def among(self, ids: Iterable[int]) -> Bitmap:
        """The courses with these ids."""
        known = self._place_of
        return _bitmap([known[each] for each in ids if each in known], len(self._candidates))

    def fitting(self, filters: Filters) -> Bitmap:
        """The courses that are as asked; words are not looked at."""
        found = self.everything()
        for name in _OF_COURSES:
            if filters.value(name):
                found &= self._courses[name].get(filters.value(name), 0)
        return found & self._with_runs(filters) if filters.of_runs else found

    def counts(
        self, filters: Filters, names: Iterable[str], within: Bitmap
    ) -> dict[str, dict[str, int]]:
        """How many courses of some there would be under each value, the other filters as they are.

        The empty value stands for the filter dropped; values of no course are left out.
        """
        found, known = {}, dict[Filters, Bitmap]()
        for name in names:
            others = filters.without(name)
            if others not in known:  # the same for all that nothing is asked of
                known[others] = self.fitting(others) & within
            numbers = {"": known[others].bit_count()}
            for value, having in self._having(name, others).items():
                numbers[value] = (having & known[others]).bit_count()
            found[name] = {value: number for value, number in numbers.items() if number}
        return found

    def courses(self, found: Bitmap) -> list[Candidate]:
        """The courses of a bitmap, in their order."""
        return _picked(self._candidates, found)

    def _having(self, name: str, others: Filters) -> Mapping[str, Bitmap]:
        """The courses by the value they have, some of them with an offering that is as asked."""
        if name in _OF_COURSES:
            return self._courses[name]
        return {
            value: self._with_runs(replace(others, **{name: value}))
            for value in self._by_value[name]
        }

    def _with_runs(self, filters: Filters) -> Bitmap:
        asked = filters.only_of_runs
        if asked not in self._known:
            self._known[asked] = self._courses_of(self._fitting_runs(asked))
        return self._known[asked]

    def _fitting_runs(self, filters: Filters) -> Bitmap:
        found = (1 << len(self._runs)) - 1
        for name in _OF_RUNS:
            if filters.value(name):
                found &= self._by_value[name].get(filters.value(name), 0)
        if filters.since or filters.until:
            found &= self._between(filters.since, filters.until or "9999")
        return found

    def _between(self, since: str, until: str) -> Bitmap:
        found = 0
        for month, runs in self._by_value["month"].items():
            found |= runs if since <= month <= until else 0
        return found

    def _courses_of(self, runs: Bitmap) -> Bitmap:
        return _bitmap(_picked(self._course_of, runs), len(self._candidates))

    @cached_property
    def _place_of(self) -> dict[int, int]:
        return {each.id: place for place, each in enumerate(self._candidates)}

    @cached_property
    def _courses(self) -> dict[str, dict[str, Bitmap]]:
        some = self._candidates
        return {
            "kind": _by_value([(each.kind,) for each in some]),
            "mode": _by_value([(each.mode,) for each in some]),
            "language": _by_value([each.languages for each in some]),
            "competency": _by_value([each.competencies for each in some]),
        }

    @cached_property
    def _by_value(self) -> dict[str, dict[str, Bitmap]]:
        free = [("1",) if run.has_seats(self._now) else () for run in self._runs]
        return {
            "place": _by_value([(run.place,) for run in self._runs]),
            "month": _by_value([(run.month,) for run in self._runs]),
            "seats": _by_value(free),
        }


def _by_value(values: Sequence[Iterable[str]]) -> dict[str, Bitmap]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, some in enumerate(values):
        for value in some:
            places[value].append(place)
    return {value: _bitmap(some, len(values)) for value, some in places.items()}


def _bitmap(places: Iterable[int], size: int) -> Bitmap:
    digits = bytearray(b"0" * (size + 1))
    for place in places:
        digits[-1 - place] = ord("1")
    return int(digits, 2)


def _picked(things: Sequence[Thing], found: Bitmap) -> list[Thing]:
    return list(compress(things, f"{found:b}".encode().translate(_AS_TRUTH)[::-1]))
