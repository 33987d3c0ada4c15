"""Files as answers that no browser opens in our origin."""

from collections.abc import Iterator
from urllib.parse import quote

from flask import Response


def download(
    data: bytes | str | Iterator[bytes], name: str, media_type: str, *, inline: bool = False
) -> Response:
    """A file as an answer: an attachment under a sandbox policy; ``inline`` for our own PDFs."""
    answer = Response(data, content_type=media_type)
    disposition = "inline" if inline else "attachment"
    answer.headers["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(name)}"
    if not inline:
        answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
