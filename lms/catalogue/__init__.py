"""Course catalogue: courses, versions, mapping to standards, offerings."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint and permissions."""
    from flask_babel import lazy_gettext as _l
    from lms.web import navigation
    from lms.catalogue import permissions, views

    permissions.declare()
    app.register_blueprint(views.bp)
    navigation.add(_l("Catalogue"), "catalogue.courses", order=10, visible=lambda: True)
