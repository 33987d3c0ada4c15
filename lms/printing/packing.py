"""Streams of a PDF packed once: WeasyPrint packs each twice, and what is the same each time."""

import zlib
from functools import lru_cache
from typing import Any

import pydyf  # type: ignore[import-untyped]


class Packed(pydyf.Stream):
    """A stream that keeps what it writes."""

    def __init__(self, stream: Any, data: bytes) -> None:  # noqa: ANN401  # of pydyf, untyped
        super().__init__([], stream.extra)
        self.number, self.generation = stream.number, stream.generation
        self._data = data

    @property
    def data(self) -> bytes:
        """The stream as it stands in the file."""
        return self._data


class Written(pydyf.Object):  # pydyf is untyped
    """Any other object, written out: pydyf does it for the file, and again for its digest."""

    def __init__(self, one: Any) -> None:  # noqa: ANN401  # of pydyf, untyped
        super().__init__()
        self.number, self.generation = one.number, one.generation
        self._data: bytes = one.data

    @property
    def data(self) -> bytes:
        """The object as it stands in the file."""
        return self._data


def pack(pdf: Any) -> None:  # noqa: ANN401  # of pydyf, untyped
    """Put what is packed or written out in place of the others; nothing may be changed after."""
    for place, each in enumerate(pdf.objects):
        if isinstance(each, pydyf.Stream):
            pdf.objects[place] = Packed(each, _written(each))
        elif each.free != "f" and each.compressible:
            pdf.objects[place] = Written(each)


def _written(stream: Any) -> bytes:  # noqa: ANN401  # the same
    if not stream.compress:
        data: bytes = stream.data
        return data
    extra = pydyf.Dictionary(stream.extra.copy())
    plain = b"\n".join(pydyf._to_bytes(item) for item in stream.stream)  # noqa: SLF001  # its own way
    packed = _compressed(plain)
    extra["Filter"], extra["Length"] = "/FlateDecode", len(packed)
    return b"\n".join((extra.data, b"stream", packed, b"endstream"))


@lru_cache(maxsize=64)
def _compressed(plain: bytes) -> bytes:
    return zlib.compress(plain, 6)
