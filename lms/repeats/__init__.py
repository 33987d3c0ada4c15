"""Repeats: the same request twice is done once and answered alike."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Answer repeats before any view does, and let forms carry keys."""
    from lms.repeats import jobs, once

    del jobs  # imported for its registration
    app.before_request(once.answered_before)
    app.register_error_handler(once.Repeated, once.repeated)
    app.jinja_env.globals["new_request_key"] = once.new_key
