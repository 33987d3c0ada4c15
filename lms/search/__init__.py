"""Full-text search in the languages of the institute, the same on both databases."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: "Flask") -> None:
    """Register the commands."""
    from lms.search import cli

    app.cli.add_command(cli.search)
