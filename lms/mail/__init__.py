"""Mail to people: written in the transaction that wants it, sent by a job, once."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the job, and the reading of what was not really sent."""
    from lms.mail import jobs, views  # noqa: F401  # the import registers the job

    app.register_blueprint(views.bp)
