"""Files that are only meant to keep a checker busy; none has a signature of ours."""

import struct
import zlib
from collections.abc import Callable

from tests.checking.forging import Original


def _file(objects: list[bytes], *, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, the first of them its catalog."""
    data, places = bytearray(b"%PDF-1.7\n"), []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    start, size = len(data), len(objects) + 1
    data += b"xref\n0 %d\n0000000000 65535 f \n" % size
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"trailer\n<< /Size %d /Root 1 0 R %b>>\n" % (size, trailer)
    return bytes(data + b"startxref\n%d\n%%%%EOF\n" % start)


_CATALOG = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [3 0 R] >> >>"
_PAGES = b"<< /Type /Pages /Kids [] /Count 0 >>"
_SIGNED = b"<< /FT /Sig /T (IssuerSignature) /V %b >>"
_SIGNATURE = b"<< /Type /Sig /ByteRange [0 1 2 3] /Contents <3003020101> %b >>"


def many_objects(_: Original) -> bytes:
    return _file([_CATALOG, _PAGES, _SIGNED % b"4 0 R", _SIGNATURE % b"", *[b"0"] * 100_000])


def million_objects(_: Original) -> bytes:
    """In streams of objects, or it would be too large to be read at all."""
    count = 10_000
    first = 10  # behind the streams themselves
    streams = [_packed_objects(first + number * count, count) for number in range(100)]
    plain = [_CATALOG, _PAGES, _SIGNED % b"4 0 R", _SIGNATURE % b""]
    return _file_of_streams(plain, streams)


def _packed_objects(first: int, count: int) -> bytes:
    # All of them are the same zero: their places would make the file too large to be read.
    places = b" ".join(b"%d 0" % (first + each) for each in range(count)) + b" "
    data = zlib.compress(places + b"0 ", 9)
    told = b"<< /Type /ObjStm /N %d /First %d /Length %d /Filter /FlateDecode >>"
    return told % (count, len(places), len(data)) + b"\nstream\n" + data + b"\nendstream"


def _file_of_streams(plain: list[bytes], streams: list[bytes]) -> bytes:
    """Objects 1 to 4 as they are, then packed ones from 10 on, and the streams behind them."""
    count, behind = 10_000, 10 + 10_000 * len(streams)
    data, places = bytearray(b"%PDF-1.7\n"), dict[int, int]()
    numbered = [*enumerate(plain, 1), *enumerate(streams, behind)]
    for number, each in numbered:
        places[number] = len(data)
        data += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = behind + len(streams)
    places[table] = len(data)
    rows = bytearray()
    for number in range(table + 1):
        if number in places:
            rows += struct.pack(">BIH", 1, places[number], 0)
        elif 10 <= number < behind:
            holder, index = divmod(number - 10, count)
            rows += struct.pack(">BIH", 2, behind + holder, index)
        else:
            rows += struct.pack(">BIH", 0, 0, 65535)
    packed = zlib.compress(bytes(rows), 9)
    told = b"<< /Type /XRef /Size %d /W [1 4 2] /Root 1 0 R /Length %d /Filter /FlateDecode >>"
    data += b"%d 0 obj\n" % table + told % (table + 1, len(packed))
    data += b"\nstream\n" + packed + b"\nendstream\nendobj\n"
    return bytes(data + b"startxref\n%d\n%%%%EOF\n" % places[table])


def many_fields(_: Original) -> bytes:
    catalog = _CATALOG.replace(b"[3 0 R]", b"[" + b"3 0 R " * 600_000 + b"]")
    return _file([catalog, _PAGES, _SIGNED % b"4 0 R", _SIGNATURE % b""])


def many_ranges(_: Original) -> bytes:
    return _file([_CATALOG, _PAGES, _SIGNED % b"4 0 R", b"/ByteRange " * 400_000])


def deep_arrays(_: Original) -> bytes:
    return _file([_CATALOG, _PAGES, _SIGNED % (b"[" * 2_000_000)])


def deep_dictionaries(_: Original) -> bytes:
    deep = _SIGNATURE % (b"/A << " * 400_000)
    return _file([_CATALOG, _PAGES, _SIGNED % b"4 0 R", deep])


def circle_of_fields(_: Original) -> bytes:
    round_and_round = b"<< /T (IssuerSignature) /Parent 3 0 R /Kids [3 0 R] /V 4 0 R >>"
    return _file([_CATALOG, _PAGES, round_and_round, _SIGNATURE % b""])


def long_comment(_: Original) -> bytes:
    return _file([_CATALOG, _PAGES, _SIGNED % b"4 0 R", _SIGNATURE % (b"% " + b"%\n" * 2_000_000)])


def huge_lengths(_: Original) -> bytes:
    told = b"<< /Type /ObjStm /N 999999999 /First 999999999 /Length 99999999999 >>"
    told += b"\nstream\nx\nendstream"
    made = _file([_CATALOG, _PAGES, _SIGNED % b"9999999 0 R", told])
    return made.replace(b"/Size 5", b"/Size 2147483647")


def huge_der(_: Original) -> bytes:
    length = b"<308400000000" + b"30ff" * 1_000_000 + b">"
    signature = (_SIGNATURE % b"").replace(b"<3003020101>", length)
    return _file([_CATALOG, _PAGES, _SIGNED % b"4 0 R", signature])


HOSTILE: dict[str, Callable[[Original], bytes]] = {
    each.__name__.replace("_", " "): each
    for each in (
        many_objects,
        many_fields,
        many_ranges,
        deep_arrays,
        deep_dictionaries,
        circle_of_fields,
        long_comment,
        huge_lengths,
        huge_der,
    )
}
