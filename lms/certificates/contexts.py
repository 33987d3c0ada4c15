"""The JSON-LD contexts that a signature here may depend on, read from installed packages."""

import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"

# openbadgeslib and PyLD ship the same credentials/v2; the other two only openbadgeslib has.
_SHIPPED = {
    CREDENTIALS_V2: ("pyld", "documentloader/frozen/bundled/credentials-v2.jsonld"),
    OPEN_BADGES: ("openbadgeslib", "ob3/contexts/ob-v3p0-context-3.0.3.json"),
    OPEN_BADGES_EXTENSIONS: ("openbadgeslib", "ob3/contexts/ob-v3p0-extensions.json"),
}

Loader = Callable[[str, dict[str, Any]], dict[str, Any]]


class UnknownContextError(LookupError):
    """A document names a context that is not one of the three shipped ones."""


@cache
def _read(url: str) -> dict[str, Any]:
    package, path = _SHIPPED[url]
    document: dict[str, Any] = json.loads(files(package).joinpath(path).read_text("utf-8"))
    return document


def load(url: str, _options: dict[str, Any] | None = None) -> dict[str, Any]:
    """Serve one of the three contexts in the shape PyLD wants from a document loader.

    Raises:
        UnknownContextError: any other address. Nothing is ever fetched.

    """
    if url not in _SHIPPED:
        raise UnknownContextError(url)
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": _read(url),
    }
