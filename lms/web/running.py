"""What belongs to the running application: its settings, and the id of the request at work."""

from flask import current_app, g, has_request_context  # noqa: TID251  # lms.web may

from lms.config import Settings


def settings() -> Settings:
    """The settings of the running application."""
    found: Settings = current_app.config["LMS"]
    return found


def request_id() -> str | None:
    """The id of the request at work; None in commands and jobs."""
    return g.get("request_id") if has_request_context() else None
