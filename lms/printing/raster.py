"""Pictures that an institute brings: its mark, and signatures."""

import io

from PIL import Image


def address(digest: str) -> str:
    """The address under which a page asks for a picture."""
    return f"picture:{digest}"


def image(data: bytes, digest: str) -> object:
    """A PNG file in the shape in which WeasyPrint draws images."""
    # Loaded where pages are set; words and addresses are asked for without.
    from weasyprint.images import RasterImage  # type: ignore[import-untyped]

    return RasterImage(Image.open(io.BytesIO(data)), digest, data)
