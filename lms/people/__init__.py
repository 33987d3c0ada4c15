"""Users, organisations, sign-in and roles."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register blueprint, commands and permissions."""
    from lms.people import (
        account_views,  # noqa: F401  # its routes stand on the blueprint
        cli,
        jobs,  # noqa: F401  # registered by the import
        permissions,
        second_factor_views,
        session,
        views,
    )

    permissions.declare()
    session.init_app(app)
    second_factor_views.init_app(app)
    app.register_blueprint(views.bp)
    app.cli.add_command(cli.users)
