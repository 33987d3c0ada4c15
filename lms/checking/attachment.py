"""Reading credential.json and the log's receipt out of a PDF that a stranger may have made."""

import io
import json
import zlib
from typing import Any

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader

from lms.printing.content import ATTACHMENT

CREDENTIAL_LIMIT = 256 * 1024
_MOST_NAMES = 64


class AttachmentError(ValueError):
    """No credential can be read; ``code`` says why in kebab-case."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_credential(pdf: bytes) -> dict[str, Any]:
    """Return the one credential.json of a PDF, parsed.

    Raises:
        AttachmentError: there is none, more than one, or it is too large or no plain JSON object.

    """
    try:
        return parse_credential(read_attachment(pdf, ATTACHMENT))
    except AttachmentError:
        raise
    except Exception as error:
        # A hostile file may raise anything, at any depth of the parser.
        raise AttachmentError("credential-unreadable") from error


def read_attachment(pdf: bytes, name: str) -> bytes:
    """Return the bytes of the one attachment of that name.

    Raises:
        AttachmentError: there is none, or more than one, or it is too large.
        Exception: whatever a parser raises on a hostile file.

    """
    return _content(_only(_streams(pdf, name)))


def parse_credential(data: bytes) -> dict[str, Any]:
    """Parse the bytes of a credential.

    Raises:
        AttachmentError: too large, a key stands twice in an object, or no JSON object.

    """
    if len(data) > CREDENTIAL_LIMIT:
        raise AttachmentError("credential-too-large")
    try:
        parsed = json.loads(data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse)
    except AttachmentError:
        raise
    except (ValueError, RecursionError) as error:
        raise AttachmentError("credential-unreadable") from error
    if not isinstance(parsed, dict):
        raise AttachmentError("credential-unreadable")
    return parsed


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        # Two readers could believe two different values.
        raise AttachmentError("duplicate-keys")
    return members


def _refuse(_constant: str) -> None:
    raise AttachmentError("credential-unreadable")


def _streams(pdf: bytes, name: str) -> list[StreamObject]:
    # Not strict: an altered copy of a certificate should still tell whose copy it is.
    reader = PdfFileReader(io.BytesIO(pdf), strict=False)
    if reader.encrypted:
        raise AttachmentError("encrypted")
    tree = _member(_member(reader.root, "/Names"), "/EmbeddedFiles")
    if _member(tree, "/Kids") is not None:
        # Our files keep the tree flat; walking a stranger's invites loops.
        raise AttachmentError("credential-unreadable")
    flat = _member(tree, "/Names")
    if not isinstance(flat, ArrayObject):
        return []
    if len(flat) > 2 * _MOST_NAMES:
        raise AttachmentError("several-credentials")
    specifications = [flat[place] for place in range(1, len(flat), 2)]
    return [each["/EF"]["/F"] for each in specifications if _is_called(each, name)]


def _only(streams: list[StreamObject]) -> StreamObject:
    if len(streams) != 1:
        raise AttachmentError("several-credentials" if streams else "no-credential")
    return streams[0]


def _member(holder: object, key: str) -> object:
    # get() of pyHanko's dictionaries gives the reference, not what it refers to.
    return holder[key] if isinstance(holder, DictionaryObject) and key in holder else None


def _is_called(specification: object, name: str) -> bool:
    return name in {_member(specification, "/UF"), _member(specification, "/F")}


def _content(stream: StreamObject) -> bytes:
    chosen = _member(stream, "/Filter")
    if isinstance(chosen, ArrayObject):
        chosen = chosen[0] if len(chosen) == 1 else "several"
    if chosen is None:
        return bytes(stream.encoded_data)
    if chosen != "/FlateDecode" or "/DecodeParms" in stream:
        raise AttachmentError("credential-unreadable")
    # Stop in time when a few bytes would unfold to gigabytes.
    return zlib.decompressobj().decompress(stream.encoded_data, CREDENTIAL_LIMIT + 1)
