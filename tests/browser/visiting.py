"""Somebody in front of the browser: finds addresses, sends forms, and looks at what is shown."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page, Response

PHONE, DESK = 390, 1280
ID = r"[0-9a-z]{12}"
# Only what is wrong comes back: handing over all that is right takes longer than looking for it.
# The contrast of what was seen before is not looked at again, on another page or at the other
# width: it takes three times as long as all other rules. Seen before is what has the same colours,
# grounds, size and weight as something of the same kind that stands in the same things, each of
# them looking the same too, unless axe found fault with it or could not tell. Whether a link can
# be told from the words around it is a matter of colour too, and the dearest but one.
# So what looks the same several times on one page is asked about once, and only when axe could not
# tell are the others asked about too.
# Style sheets are fetched again only for rules that are off, so they are not (preload).
# All is asked at once: the first question by a selector costs as much as a look.
_LOOK = """async ([lang, contrast, known]) => {
    bringAxe();
    const seen = new Set(known.split(" ")), marks = new Map();
    const looks = each => {
        const style = getComputedStyle(each);
        const words = [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        const off = each.matches(":disabled, [aria-disabled=true]") || !!each.control?.disabled;
        return [
            each.tagName, each.getAttribute("class"), words, !!each.value, off, style.color,
            style.backgroundColor, style.backgroundImage, style.opacity, style.position,
            style.textShadow, style.fontSize, style.fontWeight,
        ].join();
    };
    const mark = (each, within = [0x811c9dc5, 0x9e3779b9]) => {
        let [one, two] = within;
        for (const sign of looks(each)) {
            one = Math.imul(one ^ sign.codePointAt(0), 0x01000193);
            two = Math.imul(two ^ sign.codePointAt(0), 0x85ebca6b);
        }
        return [one, two ^ (two >>> 13)];
    };
    const shown = new Map();
    if (contrast)
        for (const each of document.querySelectorAll("body, body *")) {
            marks.set(each, mark(each, marks.get(each.parentElement)));
            if (!each.checkVisibility()) continue;
            const own = marks.get(each).join(), alike = shown.get(own);
            each.toggleAttribute("data-seen", seen.has(own) || !!alike);
            if (alike) alike.push(each);
            else shown.set(own, [each]);
        }
    axe.configure({rules: [{id: "color-contrast", selector: ":not([data-seen])"}]});
    const rules = {
        "color-contrast": {enabled: contrast},
        "link-in-text-block": {enabled: contrast},
    };
    const resultTypes = contrast ? ["violations", "incomplete"] : ["violations"];
    const how = {resultTypes, preload: false, elementRef: contrast};
    const found = await axe.run({...how, rules});
    const unsure = new Set([...found.violations, ...found.incomplete]
        .filter(({id}) => contrast && id === "color-contrast")
        .flatMap(({nodes}) => nodes.map(({element}) => marks.get(element)?.join())));
    const passedOver = new Set([...unsure].flatMap(own =>
        (shown.get(own) ?? []).filter(each => each.hasAttribute("data-seen"))));
    if (passedOver.size) {
        for (const each of marks.keys()) each.toggleAttribute("data-seen", !passedOver.has(each));
        const more = await axe.run({...how, runOnly: ["color-contrast"]});
        found.violations.push(...more.violations);
    }
    for (const own of unsure) shown.delete(own);
    const wrong = found.violations.map(each => `${each.id} at ${each.nodes[0].target}`);
    if (document.documentElement.scrollWidth > innerWidth) wrong.push("overflows");
    if (document.documentElement.lang !== lang) wrong.push(`not in ${lang}`);
    if (document.body.innerText.includes("</")) wrong.push("markup is shown as text");
    return [wrong, [...shown.keys()].filter(own => !seen.has(own))];
}"""
# Four characters beyond Latin-1 would double what is sent to each page and read there. Most pages
# are only passed through: axe is brought along asleep, and wakes where it is asked.
_AXE = f"""window.bringAxe = () => {{ if (!window.axe) {{
{AXE_SCRIPT.encode("ascii", "backslashreplace").decode()}
}} }};"""
_EASY = "forms => forms.forEach(form => { form.noValidate = true; })"


@dataclass
class Visitor:
    """One person's page; ``others`` opens the page of another."""

    context: BrowserContext
    page: Page
    others: "Callable[[str | None], Visitor]"
    instance: Path
    kept: dict[object, str] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        # With every page: sending it to each one anew takes as long as running it.
        self.context.add_init_script(_AXE)
        self._seen.touch()
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.on("response", self._note)

    @property
    def _seen(self) -> Path:
        """Appearances whose contrast axe has found to be good, in any test process of this run."""
        return self.instance.parent / "contrasts"

    def _note(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.answers.append(response)

    def speak(self, lang: str, address: str) -> None:
        """Read everything in this language from now on."""
        self.context.add_cookies([{"name": "lang", "value": lang, "url": address}])

    def read(self, address: str) -> tuple[str, str]:
        """The address a page is finally at, and its main part, without showing it."""
        answer = self.context.request.get(address)
        main = answer.text().partition("<main")[2].partition("</main>")[0]
        final = answer.url
        answer.dispose()
        return final, main

    def address(self, start: str, *links: str) -> str:
        """From page to page by the first link whose address matches; walked once, then known.

        ``<`` before a pattern takes the last link, ``+`` puts something behind the address.
        """
        if (start, links) not in self.kept:
            here = start
            for link in links:
                here = here + link[1:] if link.startswith("+") else self._next(here, link)
            self.kept[start, links] = here
        return self.kept[start, links]

    def _next(self, here: str, link: str) -> str:
        found: list[str] = [
            address
            for address in re.findall(r'<a\b[^>]*\shref="([^"]+)"', self.read(here)[1])
            if re.fullmatch(link.removeprefix("<"), address)
        ]
        assert found, (link, here)
        return found[-1 if link.startswith("<") else 0]

    def send(self, form: str = "main form", *, last: bool = True) -> None:
        """Press the last button of a form, whatever the browser itself thinks of the fields."""
        self.page.eval_on_selector_all("form", _EASY)
        buttons = self.page.locator(f"{form} button:not([type=button])")
        with self.page.expect_navigation():
            (buttons.last if last else buttons.first).click()

    def fill(self, **values: str) -> None:
        """Type into fields by their names."""
        for name, value in values.items():
            self.page.fill(f"#{name}", value)

    def give(self, name: str, data: bytes) -> None:
        """Choose a file in the one place for it."""
        # From a file: handing the bytes over to the browser takes a second for each.
        folder = self.instance.parent / f"given-{number()}"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
        self.page.set_input_files("#file", folder / name)

    def begin(self) -> None:
        """Forget what was answered and said before."""
        del self.answers[:], self.messages[:]

    def troubles(self, lang: str, status: int, *, contrast: bool = True) -> Iterator[str]:
        """Whatever is wrong with the page that is shown, at both widths."""
        size = self.page.viewport_size or {"width": 0, "height": 900}
        other = PHONE if size["width"] == DESK else DESK
        for width in (size["width"], other):  # the next page is loaded at the other one
            self.page.set_viewport_size({"width": width, "height": 900})
            known = self._seen.read_text("ascii") if contrast else ""
            wrong, fresh = self.page.evaluate(_LOOK, [lang, contrast, known])
            with self._seen.open("a", encoding="ascii") as seen:
                seen.writelines(f"{each} " for each in fresh)
            yield from (f"{width}: {each}" for each in wrong)
        expected = f"status of {status} " if status >= 400 else None
        yield from (each for each in self.messages if expected is None or expected not in each)


def number() -> int:
    """The number of this test process, so that each changes the records of its own people."""
    return int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0)
