"""Reactions to assessment below."""

from datetime import datetime

from lms.assessment import events
from lms.assessment.models import Submission
from lms.competency import service


def judge_released(submission: Submission, *, by: int, now: datetime) -> None:
    """Released grades are judged in the same transaction."""
    service.judge(submission, by=by, now=now)


def connect() -> None:
    """Listen to assessment."""
    events.results_released.connect(judge_released)
