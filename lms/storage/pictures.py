"""Pictures of strangers: bounded before they are unpacked, and drawn anew without their metadata.

A photograph of a home visit says where and when it was taken; nobody who hands it in thinks of it.
"""

import io
import warnings
from collections.abc import Callable

from PIL import Image, ImageOps, UnidentifiedImageError

from lms.kernel.errors import Invalid

PIXELS = 40_000_000
_ENDS = {"PNG": b"IEND", "JPEG": b"\xff\xd9"}
_MODES: dict[str, tuple[str, ...] | None] = {
    "JPEG": ("L", "RGB", "CMYK"),
    "PNG": None,
    "WEBP": ("RGB", "RGBA"),
}
_QUALITY: dict[str, dict[str, int]] = {"JPEG": {"quality": 92}, "WEBP": {"quality": 90}, "PNG": {}}


def _whole(data: bytes, kind: str) -> bool:
    # Said by the file itself: elsewhere in this process Pillow is told to draw halves as well.
    if kind == "WEBP":
        return int.from_bytes(data[4:8], "little") + 8 <= len(data)
    return _ENDS[kind] in data[-4096:]


def cleaned(kind: str) -> Callable[[bytes], bytes]:
    """A redrawing of pictures of one kind (Pillow's name): turned upright, without EXIF and GPS."""

    def redrawn(data: bytes) -> bytes:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with Image.open(io.BytesIO(data), formats=[kind]) as picture:
                    if picture.width * picture.height > PIXELS:
                        raise Invalid(fields={"file": "file-picture-too-large"})
                    if not _whole(data, kind):
                        raise Invalid(fields={"file": "file-picture-damaged"})
                    return _redraw(picture, kind)
        except UnidentifiedImageError:
            raise Invalid(fields={"file": "file-type-refused"}) from None
        except Image.DecompressionBombError:
            raise Invalid(fields={"file": "file-picture-too-large"}) from None
        except (OSError, ValueError, SyntaxError, EOFError):
            raise Invalid(fields={"file": "file-picture-damaged"}) from None

    return redrawn


def _redraw(picture: Image.Image, kind: str) -> bytes:
    ImageOps.exif_transpose(picture, in_place=True)
    modes = _MODES[kind]
    if modes is not None and picture.mode not in modes:
        picture = picture.convert("RGB")
    picture.load()
    # What is not in here is not written: no EXIF, no GPS, no comments, no profiles.
    picture.info = {k: v for k, v in picture.info.items() if k == "transparency"}
    made = io.BytesIO()
    picture.save(made, kind, **_QUALITY[kind])
    return made.getvalue()
