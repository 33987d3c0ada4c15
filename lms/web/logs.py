"""Log lines for people and machines, without what must not be in them."""

import json
import logging
import re
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, request, session

from lms.config import Settings
from lms.web import running
from lms.web.metrics import route_of_request

log = logging.getLogger("lms.requests")

# Secrets in addresses, then what names a person. Order matters: the longer patterns first.
_REDACTED = (
    (re.compile(r"(/(?:reset|invitation|v|V|api/v1/checks)/)[^\s/?\"']+"), r"\1…"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "(e-mail)"),
    (re.compile(r"\b\d{6}-\d{2}-\d{4}\b|\b\d{12}(?:\d{4})?\b"), "(identity number)"),
    (re.compile(r"(?i)\b(password|token|secret|authorization|cookie)(['\"]?\s*[=:]\s*)\S+"),
     r"\1\2…"),
)  # fmt: skip


def redacted(text: str) -> str:
    """The text without secrets of addresses, e-mail addresses and identity numbers."""
    for pattern, instead in _REDACTED:
        text = pattern.sub(instead, text)
    return text


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


class _Json(logging.Formatter):
    """One object a line: at (UTC), level, logger, message, and what the line is about."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        number = running.request_id()
        if number is not None:
            line["request"] = number
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["trace"] = redacted(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def configure(settings: Settings) -> None:
    """Let this process write its log to standard error; for servers and workers, not for tests."""
    handler = logging.StreamHandler()
    plain = _Text("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(_Json() if settings.log_format == "json" else plain)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO if settings.log_format == "json" else logging.WARNING)


def _note(response: Response) -> Response:
    facts = {
        "method": request.method,
        "route": route_of_request(),
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.began) * 1000, 1),
        "statements": len(g.statements),
        "signed_in": "_user_id" in session,
    }
    log.info("%s %s %s", facts["method"], facts["route"], facts["status"], extra={"facts": facts})
    return response


def init_app(app: Flask) -> None:
    """Write a line for every answer."""
    app.after_request(_note)
