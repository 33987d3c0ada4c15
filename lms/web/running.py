"""What belongs to the running application: its settings, and the id of the request at work."""

from typing import Any

from flask import current_app, g, has_request_context  # noqa: TID251  # lms.web may

from lms.config import Settings


def settings() -> Settings:
    """The settings of the running application."""
    found: Settings = current_app.config["LMS"]
    return found


def extension(name: str) -> Any:  # noqa: ANN401  # whatever the part keeps there
    """What a part of the frame keeps for the running application."""
    return current_app.extensions[name]


def request_id() -> str | None:
    """The id of the request at work; None in commands and jobs."""
    return g.get("request_id") if has_request_context() else None
