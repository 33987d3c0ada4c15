"""Users, organisations, sign-in, roles, invitations, identity numbers, merged accounts."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register commands, permissions and pages; lend the audit trail the names of people."""
    from lms.audit import names
    from lms.jobs import permissions as jobs_permissions
    from lms.people import (
        cli,
        directory,
        jobs,  # noqa: F401  # registered by the import
        keys_cli,
        moving,
        permissions,
        queries,
        resealing,
        second_factor_views,
        signed_in,
        step_up,
    )

    permissions.declare()
    moving.declare()
    names.register(names.Directory(queries.names_of, queries.ids_like, queries.zone_of))
    jobs_permissions.register(directory.looks_after)
    signed_in.init_app(app)
    second_factor_views.init_app(app)
    step_up.init_app(app)
    _add_pages(app)
    app.cli.add_command(cli.users)
    app.cli.add_command(keys_cli.keys)
    _announce(resealing.WORK)


def _announce(work: str) -> None:
    from flask_babel import lazy_gettext as _l

    from lms.jobs import progress

    progress.announce(
        work,
        _l("Sealing under a new data key"),
        partly=_l("Some values could not be opened; lms doctor says how many."),
    )


def _add_pages(app: Flask) -> None:
    from flask_babel import lazy_gettext as _l

    from lms.people import (
        account_views,  # noqa: F401  # its routes stand on the blueprint
        directory_views,
        identity_views,
        invitation_views,
        membership_views,
        merge_views,
        passkey_views,  # noqa: F401  # the same
        views,
    )
    from lms.web import navigation

    app.register_blueprint(views.bp)
    app.register_blueprint(directory_views.bp)
    app.register_blueprint(invitation_views.bp)
    app.register_blueprint(membership_views.bp)
    app.register_blueprint(identity_views.bp)
    app.register_blueprint(merge_views.bp)
    directory_views.add_panels()
    invitation_views.add_panels()
    navigation.add(_l("People"), "directory.people", order=80, visible=directory_views.is_open)
    navigation.add(
        _l("Identity numbers"), "identity.find", order=85, visible=identity_views.is_open
    )
