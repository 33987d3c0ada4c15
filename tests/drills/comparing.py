"""Whether two kinds of request cost and answer alike, seen from outside.

The cost is the processor time of the serving process, read from its clock before and after each
request: other work on the machine does not count, and one request at a time is under way. The two
kinds take turns. Wall time is reported beside it.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.drills.browsing import Answer


def processor_seconds(pid: int) -> float:
    """The processor time of a process; clock_getcpuclockid(3) makes its clock like this."""
    return time.clock_gettime((~pid << 3) | 2)


@dataclass
class Pair:
    """The measured costs of two kinds of request, and what they answered."""

    pid: int
    cost: dict[str, list[float]] = field(default_factory=dict)
    wall: dict[str, list[float]] = field(default_factory=dict)
    answers: dict[str, set[tuple[int, str]]] = field(default_factory=dict)

    def measure(self, kind: str, ask: Callable[[], Answer], *typed: str) -> None:
        """One request; what was ``typed`` comes back in pages and is no difference."""
        before = processor_seconds(self.pid)
        answer = ask()
        self.cost.setdefault(kind, []).append(processor_seconds(self.pid) - before)
        self.wall.setdefault(kind, []).append(answer.seconds)
        text = answer.text
        for words in typed:
            text = text.replace(words, "…")
        lines = (line for line in text.splitlines() if "csrf_token" not in line)
        self.answers.setdefault(kind, set()).add((answer.status, "\n".join(lines)))

    @property
    def answers_alike(self) -> bool:
        """Whether nobody can tell the kinds by what is said."""
        first, second = self.answers.values()
        return first == second and len(first) == 1

    @property
    def difference(self) -> float:
        """How far the medians of the cost lie apart, as a share of the smaller."""
        first, second = map(statistics.median, self.cost.values())
        return abs(first - second) / min(first, second)

    def figures(self) -> dict[str, object]:
        """For the report, in milliseconds."""
        return {
            "requests_of_each": min(map(len, self.cost.values())),
            "processor_ms": {k: round(statistics.median(v) * 1e3, 2) for k, v in self.cost.items()},
            "wall_ms": {k: round(statistics.median(v) * 1e3, 2) for k, v in self.wall.items()},
            "difference": round(self.difference, 3),
            "answers_alike": self.answers_alike,
        }
