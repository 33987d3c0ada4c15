"""Whether certificates from kept pages are those laid out whole, byte by byte, and what each costs.

Invented people with names of one to sixty characters in four scripts, for each shipped design in
turn. The yardstick is laying the page out whole.
"""

import json
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle

from benchmarks import measuring
from lms.printing import pdf, press, shipped, specimens
from lms.printing.content import CertificateContent
from lms.printing.design import Design

NOW = datetime(2026, 12, 18, 2, 30, tzinfo=UTC)
AT_ONCE = 30
"""People laid out whole, then from kept pages: machines change their speed within minutes."""
SCRIPTS = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'’.-/@ éèüñç",
    "அஆஇஈஉஊஎஏஐஒகஙசஞடணதநபமயரலவழளறன ாிீுூெேைொோௌ்",
    "ابتثجحخدذرزسشصضطظعغفقکلمنهويڽڠڤݢچۏة ء",
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗",
)


def main() -> None:
    """Compare and report; ends with status 1 when a page differs."""
    asked = measuring.options(__doc__)
    many = asked.pick(small=9, full=300)
    chance = random.Random(20261128)  # noqa: S311  # no secret
    unequal, spent = 0, {"whole": 0.0, "kept": 0.0}
    for start in range(0, many, AT_ONCE):
        people = [_person(chance, number) for number in range(start, min(start + AT_ONCE, many))]
        whole = [_timed(spent, "whole", one, design, forget=True) for one, design in _set(people)]
        press.forget()
        for name in shipped.NAMES:
            _made(_person(chance, many), shipped.design(name))
        kept = [_timed(spent, "kept", one, design) for one, design in _set(people)]
        unequal += sum(one != other for one, other in zip(whole, kept, strict=True))
    each = {name: seconds * 1000 / many for name, seconds in spent.items()}
    ratio = each["kept"] / each["whole"]
    print(f"{many} people: {unequal} unequal; {each['whole']:.1f} ms whole, {ratio:.2f} from kept")
    figures = {"people": many, "unequal": unequal, "ms": each, "ratio": ratio}
    print(json.dumps({"benchmark": "press", **figures}))
    raise SystemExit(1 if unequal else 0)


def _person(chance: random.Random, number: int) -> CertificateContent:
    letters = chance.choice(SCRIPTS)
    name = "".join(chance.choices(letters, k=chance.randint(1, 60))).strip() or "Budi"
    plain = specimens.specimen(
        "plain", language="ms", issuer="Institut Latihan Kerja Sosial", host="sijil.example"
    )
    code = f"{number:027d}"
    address = f"HTTPS://SIJIL.EXAMPLE/V/{code}"
    serial = f"ILKS-2026-{number:05d}"
    return replace(plain, holder_name=name, serial=serial, code=code, verify_url=address)


def _made(person: CertificateContent, design: Design) -> bytes:
    return pdf.render(person, b"{}", now=NOW, sheet=pdf.Sheet(design))


def _set(people: list[CertificateContent]) -> Iterator[tuple[CertificateContent, Design]]:
    """Each with the next design in turn."""
    for person, name in zip(people, cycle(shipped.NAMES), strict=False):
        yield person, shipped.design(name)


def _timed(
    spent: dict[str, float],
    name: str,
    person: CertificateContent,
    design: Design,
    *,
    forget: bool = False,
) -> bytes:
    if forget:
        press.forget()
    before = time.process_time()
    made = _made(person, design)
    spent[name] += time.process_time() - before
    return made


if __name__ == "__main__":
    main()
