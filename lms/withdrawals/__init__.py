"""Withdrawals: certificates revoked, suspended or corrected after issue."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register blueprint, permissions, panels and notices."""
    from lms.certificates import holds
    from lms.withdrawals import merging, notices, permissions, queries, showing, views

    permissions.declare()
    holds.ask(queries.is_suspended_by_hand)
    merging.declare()
    notices.connect()
    app.register_blueprint(views.bp)
    showing.add_panels()
