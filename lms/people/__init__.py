"""Users, organisations, sign-in and roles."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register blueprint, commands and permissions."""
    from lms.people import account_views, cli, jobs, permissions, session, views  # noqa: F401

    permissions.declare()
    session.init_app(app)
    app.register_blueprint(views.bp)
    app.cli.add_command(cli.users)
