"""What WeasyPrint 70 leaves undone for a file that is PDF/A-3a and PDF/UA-1 at once."""

import io
import re
from typing import Any

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

# The extension schema that PDF/A wants before it lets the PDF/UA identification stand in XMP.
_PDF_UA = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\
<pdfuaid:part>1</pdfuaid:part></rdf:Description>\
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">\
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property>\
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""

_WITHOUT_TEXT = re.compile(rb"<([0-9a-f]{4})> <>")
_ZERO_WIDTH_SPACE = 0x200B


def finish(document: Any, pdf: Any) -> None:  # noqa: ANN401 - of WeasyPrint and pydyf, untyped
    """Complete the objects of a PDF before they are written: a ``finisher`` of WeasyPrint."""
    _claim_pdf_ua(pdf)
    _map_every_glyph(document, pdf)


def _claim_pdf_ua(pdf: Any) -> None:  # noqa: ANN401 - the same
    metadata = next(
        each for each in pdf.objects if getattr(each, "extra", {}).get("Type") == "/Metadata"
    )
    xml: bytes = metadata.stream[0]
    metadata.stream = [xml.replace(b"</rdf:RDF>", _PDF_UA + b"</rdf:RDF>")]
    # PDF/A forbids a filter on the metadata stream.
    metadata.compress = False


def _map_every_glyph(document: Any, pdf: Any) -> None:  # noqa: ANN401 - the same
    # A Tamil vowel that stands before its consonant gets no text of its own; PDF/A wants some.
    maps = [each for each in pdf.objects if b"begincmap" in getattr(each, "stream", ())]
    for font, unicode_map in zip(document.fonts.values(), maps, strict=True):
        if any(_WITHOUT_TEXT.fullmatch(line) for line in unicode_map.stream):
            characters = _characters(font)
            unicode_map.stream = [_mapped(line, characters) for line in unicode_map.stream]


def _mapped(line: bytes, characters: dict[int, int]) -> bytes:
    found = _WITHOUT_TEXT.fullmatch(line)
    if found is None:
        return line
    character = characters.get(int(found[1], 16), _ZERO_WIDTH_SPACE)
    return b"<%b> <%04x>" % (found[1], character)


def _characters(font: Any) -> dict[int, int]:  # noqa: ANN401 - the same
    content: bytes = font.file_content
    number = font.index if content.startswith(b"ttcf") else -1
    with TTFont(io.BytesIO(content), fontNumber=number) as parsed:
        cmap: dict[int, str] = parsed.getBestCmap() or {}
        return {parsed.getGlyphID(name): code for code, name in cmap.items() if code <= 0xFFFF}
