"""Addresses of static files that change when the file does, so that browsers may keep them."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, url_for

from lms.paths import STATIC


def static_url(filename: str) -> str:
    """The address of a static file with its version."""
    file = STATIC / filename
    return url_for("static", filename=filename, v=_version(file, file.stat().st_mtime_ns))


@lru_cache(maxsize=256)
def _version(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8]


def init_app(app: Flask) -> None:
    """Let templates name static files."""
    app.jinja_env.globals["static_url"] = static_url
