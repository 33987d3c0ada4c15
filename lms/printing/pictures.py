"""Pictures of printed pages, for those who would rather look."""

import io
import threading

import pypdfium2  # type: ignore[import-untyped]

POINTS_TO_PIXELS = 1.3
_COLOURS = 64
_one_at_a_time = threading.Lock()
"""PDFium must not be called by two threads at once."""


def first_page(pdf: bytes, *, scale: float = POINTS_TO_PIXELS) -> bytes:
    """The first page as PNG, about 1,100 pixels wide for an A4 sheet on its side."""
    with _one_at_a_time:
        document = pypdfium2.PdfDocument(pdf)
        try:
            picture = document[0].render(scale=scale).to_pil()
        finally:
            document.close()
    written = io.BytesIO()
    # Few colours: the sheet has few, and the file becomes a quarter.
    picture.quantize(_COLOURS).save(written, "PNG")
    return written.getvalue()
