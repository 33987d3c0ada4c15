"""The audit trail: append-only rows, sealed in batches, for auditors to read and to verify."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register blueprint, commands, permission, navigation and the worker's part."""
    from flask_babel import lazy_gettext as _l

    from lms.audit import cli, jobs, permissions, standing, views
    from lms.kernel.permissions import Permission, allowed
    from lms.web import navigation
    from lms.web.auth_guard import current_actor

    del jobs, standing  # imported for what they register
    permissions.declare()
    app.register_blueprint(views.bp)
    app.cli.add_command(cli.audit)
    navigation.add(
        _l("Audit trail"),
        "audit.trail",
        order=80,
        visible=lambda: allowed(current_actor(), Permission.AUDIT_ENTRY_READ),
    )
