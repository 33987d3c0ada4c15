"""Sijil: training, competency evidence and verifiable certificates."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

FEATURES = (
    "audit",
    "jobs",
    "search",
    "repeats",
    "transparency",
    "people",
    "standards",
    "designs",
    "catalogue",
    "programmes",
    "enrolment",
    "timetable",
    "demand",
    "notices",
    "sheets",
    "surveys",
    "meetings",
    "documents",
    "assessment",
    "competency",
    "certificates",
    "checking",
    "withdrawals",
    "batches",
    "sharing",
    "employers",
    "admissions",
    "awards",
)


def create_app(overrides: dict[str, object] | None = None) -> "Flask":
    """Build the application; raises ``config.Misconfigured`` with what to do about it.

    ``overrides`` are settings by name (see ``config.Settings``). Tables are never created here.
    """
    # Imported here: a process that needs one module of ours (the inspection of a stranger's PDF)
    # would otherwise load the whole web framework first.
    from importlib import import_module

    from flask import Flask
    from jinja2 import StrictUndefined

    from lms import config, db, paths
    from lms.web.routing import Rule

    settings = config.load(overrides)
    app = Flask(
        "lms",
        instance_path=str(settings.instance),
        template_folder=str(paths.TEMPLATES),
        static_folder=str(paths.STATIC),
    )
    # Nothing here is a coroutine, for which Flask looks at thirty functions of each request.
    app.ensure_sync = lambda func: func  # type: ignore[method-assign]
    app.url_rule_class = Rule
    app.jinja_env.undefined = StrictUndefined
    app.config.update(
        LMS=settings,
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=settings.upload_limit + 1_000_000,
        SESSION_COOKIE_NAME="__Host-lms" if settings.production else "lms",
        SESSION_COOKIE_SECURE=settings.production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_ENABLED=not settings.testing,
        TESTING=settings.testing,
    )
    db.init_app(app, settings.database_url)
    for name in ("web", "web.auth_guard", "migrations", "mail", "storage", *FEATURES):
        import_module(f"lms.{name}").init_app(app)
    return app
