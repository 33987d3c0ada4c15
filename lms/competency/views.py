"""Panels that show judgements and attainments on the pages below."""

from flask import render_template

from lms.assessment.models import Submission
from lms.competency import queries, rules
from lms.kernel import clock
from lms.people.models import User
from lms.standards import queries as standards_queries
from lms.web import panels


def _levels(framework_ids: set[int]) -> dict[int, dict[int, dict[str, str]]]:
    return {one: standards_queries.level_labels(one) for one in framework_ids}


def _submission_panel(submission: Submission) -> str:
    judgements = queries.judgements_of(submission)
    return render_template(
        "competency/_submission_panel.html",
        judgements=judgements,
        levels=_levels({judgement.item.framework_id for judgement in judgements}),
    )


def _desk_panel(user: User) -> str:
    today = clock.today(user.organisation.timezone if user.organisation else "UTC")
    attainments = rules.best_of_each(queries.attainments_of(user.id), today)
    return render_template(
        "competency/_desk_panel.html",
        attainments=attainments,
        levels=_levels({attainment.item.framework_id for attainment in attainments}),
        today=today,
    )


def add_panels() -> None:
    """Add to the pages below."""
    panels.add("assessment.submission", _submission_panel)
    panels.add("people.desk", _desk_panel)
