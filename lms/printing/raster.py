"""Pictures that an institute brings: its mark, and signatures."""

import io

from PIL import Image
from weasyprint.images import RasterImage  # type: ignore[import-untyped]


def address(digest: str) -> str:
    """The address under which a page asks for a picture."""
    return f"picture:{digest}"


def image(data: bytes, digest: str) -> object:
    """A PNG file in the shape in which WeasyPrint draws images."""
    return RasterImage(Image.open(io.BytesIO(data)), digest, data)
