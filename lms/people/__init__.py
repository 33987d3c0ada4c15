"""Users, organisations, sign-in and roles."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register blueprint, commands and permissions; lend the audit trail the names of people."""
    from lms.audit import names
    from lms.people import (
        account_views,  # noqa: F401  # its routes stand on the blueprint
        cli,
        jobs,  # noqa: F401  # registered by the import
        permissions,
        queries,
        second_factor_views,
        session,
        views,
    )

    permissions.declare()
    names.register(names.Directory(queries.names_of, queries.ids_like, queries.zone_of))
    session.init_app(app)
    second_factor_views.init_app(app)
    app.register_blueprint(views.bp)
    app.cli.add_command(cli.users)
