"""Blocks on the pages of others: programmes, and the desk a person comes home to."""

from dateutil.relativedelta import relativedelta
from flask import render_template

from lms.admissions import queries
from lms.admissions.states import State
from lms.admissions.wording import STATES, TONES, routes_words
from lms.kernel import clock
from lms.people.models import User
from lms.programmes.models import Programme
from lms.web import panels
from lms.web.auth_guard import current_actor
from lms.web.forms import ActionForm

# What the applicant is asked to do next.
_ASKED = {State.DRAFT, State.RETURNED, State.INTERVIEW, State.OFFERED}


def _programme_panel(programme: Programme) -> str:
    now, user_id = clock.now(), current_actor().user_id
    applications = queries.of_person(user_id) if user_id is not None else []
    mine = [one for one in applications if one.intake.programme_id == programme.id]
    ends = {
        one.id: one.intake.begins_on + relativedelta(months=programme.most_months)
        for one in mine
        if programme.most_months
    }
    return render_template(
        "admissions/_programme_panel.html",
        programme=programme,
        intakes=queries.open_now(programme, now),
        mine={one.intake_id: one for one in mine},
        admitted=[one for one in mine if one.state == State.ACCEPTED],
        ends=ends,
        routes_words=routes_words,
        states=STATES,
        tones=TONES,
        form=ActionForm(formdata=None),
        now=now,
    )


def _draft_panel(programme: Programme) -> str:
    return render_template(
        "admissions/_draft_panel.html",
        programme=programme,
        intakes=queries.of_programme(programme),
        now=clock.now(),
    )


def _desk_panel(user: User) -> str:
    applications = queries.of_person(user.id)
    return render_template(
        "admissions/_desk_panel.html",
        applications=[one for one in applications if State(one.state) in _ASKED | {State.SENT}],
        committees=queries.to_recommend(user.id, clock.now()),
        states=STATES,
        tones=TONES,
    )


def add_panels() -> None:
    """Add to the pages below."""
    panels.add("programmes.programme", _programme_panel)
    panels.add("programmes.draft", _draft_panel)
    panels.add("people.desk", _desk_panel)
