"""What has no dates yet, on the pages of others: a course, the manager's list, my training."""

from flask import render_template

from lms.catalogue.kinds import VersionState
from lms.catalogue.models import CourseVersion
from lms.demand import queries
from lms.kernel.permissions import Permission, Role, allowed
from lms.web import panels
from lms.web.auth_guard import current_actor, current_user_id


def _course_panel(version: CourseVersion) -> str:
    if version.state != VersionState.PUBLISHED:
        return ""
    return render_template(
        "demand/_course_panel.html",
        version=version,
        rows=queries.collecting_of(version.course_id),
        may_edit=allowed(current_actor(), Permission.CATALOGUE_OFFERING_EDIT, version),
    )


def _manage_panel() -> str:
    rows = queries.collecting_under(current_actor().paths(Role.COURSE_MANAGER))
    return render_template("demand/_manage_panel.html", rows=rows)


def _my_training_panel() -> str:
    rows = queries.of_person(current_user_id())
    return render_template("demand/_my_interests.html", rows=rows)


def add_panels() -> None:
    """Add to the pages below."""
    panels.add("catalogue.course", _course_panel)
    panels.add("catalogue.manage", _manage_panel)
    panels.add("enrolment.my_training", _my_training_panel)
