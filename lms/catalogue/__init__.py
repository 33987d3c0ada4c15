"""Course catalogue: courses, versions, mapping to standards, offerings."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint and permissions."""
    from flask_babel import lazy_gettext as _l

    from lms.catalogue import (
        calendar_views,
        events,
        finding,
        lifecycle_views,
        management,
        merging,
        notices,
        permissions,
        prerequisite_views,
        prerequisites,
        rescheduling_views,
        views,
    )
    from lms.search import service as search
    from lms.web import navigation

    del calendar_views, lifecycle_views, management, rescheduling_views  # imported for their routes
    permissions.declare()
    merging.declare()
    notices.connect()
    events.version_begun.connect(prerequisites.copy)
    app.register_blueprint(views.bp)
    views.add_panels()
    prerequisite_views.add_panels()
    search.declare(finding.KIND, finding.everything)
    navigation.add(_l("Catalogue"), "catalogue.courses", order=10, visible=lambda: True)
