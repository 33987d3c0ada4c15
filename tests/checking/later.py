"""What people and programs add to a signed PDF by saving it again behind the signature."""

import asyncio
import io
import json
from collections.abc import Callable
from typing import Any, cast

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import PdfSignedData

from lms.printing.content import ATTACHMENT
from tests.checking.forging import Original, signer_of

Change = Callable[[IncrementalPdfFileWriter], None]


def _later(change: Change) -> Callable[[Original], bytes]:
    def make(original: Original) -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(original.pdf))
        change(writer)
        output = io.BytesIO()
        writer.write(output)  # type: ignore[no-untyped-call]
        return output.getvalue()

    return make


def _page(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    return cast("generic.DictionaryObject", writer.root["/Pages"]["/Kids"][0])


def _dictionary(**members: Any) -> generic.DictionaryObject:
    named = {pdf_name(f"/{name}"): value for name, value in members.items()}
    return generic.DictionaryObject(named)  # type: ignore[no-untyped-call]


def _number(value: int) -> generic.NumberObject:
    return generic.NumberObject(value)  # type: ignore[no-untyped-call]


def _rectangle() -> generic.ArrayObject:
    return generic.ArrayObject(_number(each) for each in (0, 0, 400, 400))


def contents(writer: IncrementalPdfFileWriter) -> None:
    page = _page(writer)
    painted = generic.StreamObject(stream_data=b"0 0 100 100 re f")
    page["/Contents"] = writer.add_object(painted)
    writer.update_container(page)


def hidden_page(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    kind = _dictionary(Type=pdf_name("/Page"), Parent=writer.root.raw_get("/Pages"))
    pages["/Kids"].append(writer.add_object(kind))
    pages["/Count"] = _number(len(pages["/Kids"]))
    writer.update_container(pages)


def font(writer: IncrementalPdfFileWriter) -> None:
    base = _dictionary(
        Type=pdf_name("/Font"), Subtype=pdf_name("/Type1"), BaseFont=pdf_name("/Symbol")
    )
    fonts = _page(writer)["/Resources"]["/Font"]
    fonts[next(iter(fonts))] = writer.add_object(base)
    writer.update_container(fonts)


def _annotation(subtype: str, **members: Any) -> Change:
    def add(writer: IncrementalPdfFileWriter) -> None:
        page = _page(writer)
        one = _dictionary(
            Type=pdf_name("/Annot"), Subtype=pdf_name(subtype), Rect=_rectangle(), **members
        )
        page["/Annots"] = generic.ArrayObject([*page["/Annots"], writer.add_object(one)])
        writer.update_container(page)

    return add


def javascript(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/OpenAction"] = _dictionary(
        S=pdf_name("/JavaScript"), JS=pdf_string("app.alert('Valid!')")
    )
    writer.update_root()  # type: ignore[no-untyped-call]


def language(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/Lang"] = pdf_string("tlh")
    writer.update_root()  # type: ignore[no-untyped-call]


def layer(writer: IncrementalPdfFileWriter) -> None:
    one = writer.add_object(_dictionary(Type=pdf_name("/OCG"), Name=pdf_string("Other")))
    off = _dictionary(OFF=generic.ArrayObject([one]))
    writer.root["/OCProperties"] = _dictionary(OCGs=generic.ArrayObject([one]), D=off)
    writer.update_root()  # type: ignore[no-untyped-call]


def metadata(writer: IncrementalPdfFileWriter) -> None:
    writer.update_root()  # type: ignore[no-untyped-call]


def shown_instead(writer: IncrementalPdfFileWriter) -> None:
    """A second tree of pages waited in the file, and is now the one that counts."""
    page = _dictionary(Type=pdf_name("/Page"), MediaBox=_rectangle())
    kids = generic.ArrayObject([writer.add_object(page)])
    pages = _dictionary(Type=pdf_name("/Pages"), Kids=kids, Count=_number(1))
    writer.root["/Pages"] = writer.add_object(pages)
    writer.update_root()  # type: ignore[no-untyped-call]


def uncovered(writer: IncrementalPdfFileWriter) -> None:
    """What lay over the content is taken away."""
    page = _page(writer)
    resources = page["/Resources"]
    resources["/XObject"] = _dictionary()
    writer.update_container(resources)


def _names(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    return cast("generic.DictionaryObject", writer.root["/Names"]["/EmbeddedFiles"])


def _forged(writer: IncrementalPdfFileWriter) -> generic.IndirectObject:
    data = json.dumps({"name": "Doctor of everything"}).encode()
    return writer.add_object(generic.StreamObject(stream_data=data))


def attachment_swapped(writer: IncrementalPdfFileWriter) -> None:
    flat = _names(writer)["/Names"]
    for place in range(1, len(flat), 2):
        if flat[place]["/UF"] == ATTACHMENT:
            holder = flat[place]["/EF"]
            holder["/F"] = _forged(writer)
            writer.update_container(holder)


def attachment_added(writer: IncrementalPdfFileWriter) -> None:
    holder = _dictionary(
        Type=pdf_name("/Filespec"),
        F=pdf_string(ATTACHMENT),
        UF=pdf_string(ATTACHMENT),
        EF=_dictionary(F=_forged(writer)),
    )
    tree = _names(writer)
    tree["/Names"].extend([pdf_string(ATTACHMENT), writer.add_object(holder)])
    writer.update_container(tree)


def second_signature(original: Original) -> bytes:
    """A stranger signs what we certified, without asking whether that is allowed."""
    writer = IncrementalPdfFileWriter(io.BytesIO(original.pdf))
    steps = PdfCMSEmbedder().write_cms(field_name="Second", writer=writer)
    next(steps)
    placeholder = PdfSignedData(
        obj_type=pdf_name("/Sig"), subfilter=fields.SigSeedSubFilter.PADES, bytes_reserved=16384
    )
    steps.send(SigObjSetup(sig_placeholder=placeholder))
    digest, output = steps.send(SigIOSetup(md_algorithm="sha256"))
    signer = signer_of(original.stranger)
    steps.send(asyncio.run(signer.async_sign(digest.document_digest, "sha256", use_pades=True)))
    return cast("bytes", output.getvalue())


CHANGES: dict[str, Change] = {
    "contents": contents,
    "hidden page": hidden_page,
    "font": font,
    "free text": _annotation("/FreeText", Contents=pdf_string("Doctor")),
    "link": _annotation("/Link", Dest=pdf_string("x")),
    "stamp": _annotation("/Stamp", Contents=pdf_string("Valid")),
    "JavaScript": javascript,
    "language": language,
    "layer": layer,
    "attachment swapped": attachment_swapped,
    "attachment added": attachment_added,
    "metadata": metadata,
    "shadow that replaces": shown_instead,
    "shadow that hides": uncovered,
}
SAVED: dict[str, Callable[[Original], bytes]] = {
    f"saved later: {name}": _later(change) for name, change in CHANGES.items()
}
SAVED["second signature"] = second_signature
