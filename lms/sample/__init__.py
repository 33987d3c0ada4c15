"""The sample institute and the demonstration of the main job."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Register ``lms demo``."""
    from lms.sample import demo

    app.cli.add_command(demo.demo)
