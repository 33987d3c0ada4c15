"""Templates: they compile, obey the content policy, are where they belong, and are in use."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, StrictUndefined

from lms import FEATURES, paths
from lms.config import Settings
from lms.web import init_app

SHARED = {"macros", "errors", "frames", "mail", "pdf"}
TEMPLATES = sorted(p for p in paths.TEMPLATES.rglob("*.html") if p.is_file())
NAMES = [p.relative_to(paths.TEMPLATES).as_posix() for p in TEMPLATES]
# A page of the PDF is drawn by our own program, a letter by programs that know no style sheets.
LETTERS = [name for name in NAMES if name.startswith("mail/") and name != "mail/outbox.html"]
BROWSER = [name for name in NAMES if not name.startswith("pdf/") and name not in LETTERS]

FORBIDDEN = {
    "inline style": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "inline script": re.compile(r"<script\b(?![^>]*\ssrc=)", re.IGNORECASE),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
    "unescaped output": re.compile(r"\|\s*safe\b"),
    "autoescape switched": re.compile(r"{%-?\s*autoescape\b"),
}
MACRO_IMPORT = re.compile(r"{%-?\s*import\s+['\"][^'\"]+['\"]\s+as\s+(\w+)")
FROM_IMPORT = re.compile(
    r"{%-?\s*from\s+['\"][^'\"]+['\"]\s+import\s+([^%]+?)(?:with(?:out)?\s+context\s*)?-?%}"
)
COMMENT = re.compile(r"{#.*?#}", re.DOTALL)


def _source(name: str) -> str:
    return COMMENT.sub("", (paths.TEMPLATES / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    app = Flask("lms", template_folder=str(paths.TEMPLATES))
    app.config.update(LMS=Settings(instance=tmp_path_factory.mktemp("instance")), SECRET_KEY="x")
    init_app(app)
    app.jinja_env.undefined = StrictUndefined
    return app.jinja_env


@pytest.mark.parametrize("name", NAMES)
def test_compiles(environment: Environment, name: str) -> None:
    environment.get_template(name)


@pytest.mark.parametrize("name", BROWSER)
def test_obeys_the_content_policy(name: str) -> None:
    source = _source(name)
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(source)] == []


def test_folders_are_features_or_shared() -> None:
    folders = {p.name for p in paths.TEMPLATES.iterdir() if p.is_dir()}
    assert folders <= set(FEATURES) | SHARED


def test_every_template_is_named_somewhere() -> None:
    code = "\n".join(p.read_text(encoding="utf-8") for p in paths.PACKAGE.rglob("*.py"))
    everything = code + "\n".join(_source(name) for name in NAMES)
    # The name as a template is asked for: quoted; whole, by its last part (PDF), by kind (mail).
    unused = [
        name
        for name in NAMES
        if f'"{name}"' not in everything
        and f"'{name}'" not in everything
        and not (name.startswith("pdf/") and f'"{Path(name).name}"' in code)
        and not (name in LETTERS and f'"{name[5:-5]}"' in code)
    ]
    assert unused == []


def _imported(source: str) -> list[str]:
    names = MACRO_IMPORT.findall(source)
    for group in FROM_IMPORT.findall(source):
        names += [part.split(" as ")[-1].strip() for part in group.split(",")]
    return names


@pytest.mark.parametrize("name", NAMES)
def test_imports_only_what_it_uses(name: str) -> None:
    source = _source(name)
    rest = FROM_IMPORT.sub("", MACRO_IMPORT.sub("", source))
    assert [i for i in _imported(source) if not re.search(rf"\b{re.escape(i)}\b", rest)] == []


def test_the_guards_find_what_they_forbid() -> None:
    samples = {
        "inline style": '<p style="color:red">',
        "style element": "<style>p{}</style>",
        "inline script": "<script>x()</script>",
        "event handler": '<a href="#" onclick="x()">',
        "script address": '<a href="javascript:x()">',
        "unescaped output": "{{ text|safe }}",
        "autoescape switched": "{% autoescape false %}",
    }
    for what, sample in samples.items():
        assert FORBIDDEN[what].search(sample), what
    assert not FORBIDDEN["inline script"].search('<script type="module" src="/a.js"></script>')
    assert _imported('{% import "a" as b %}{% from "c" import d, e as f %}') == ["b", "d", "f"]


@pytest.mark.parametrize("name", LETTERS)
def test_plain_text_comes_into_a_letter_escaped(name: str) -> None:
    # A template of plain text escapes nothing, wherever it is included.
    source = (paths.TEMPLATES / name).read_text("utf-8")
    plain = re.findall(r"{%-?\s*include\s+\"[^\"]+\.txt\"\s*-?%}", source)
    escaped = re.findall(
        r"{% filter forceescape %}({% include \"[^\"]+\.txt\" %}){% endfilter %}", source
    )
    assert plain == escaped
