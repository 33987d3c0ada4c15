"""Guards over the source: what no review should have to look for."""

import ast
import configparser
import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import grimp
import pytest
from setuptools import find_namespace_packages  # type: ignore[import-untyped]

from lms import FEATURES, paths
from lms.config import Settings
from lms.web.messages import SENTENCES, sentence

ROOT = paths.PACKAGE.parent
SOURCES = sorted(
    path
    for path in paths.PACKAGE.rglob("*.py")
    if "versions" not in path.relative_to(paths.PACKAGE).parts
)
EDGES = {"views", "api", "forms", "schemas", "handlers", "jobs"}
ERRORS = {"Conflict", "Invalid", "NotFound", "Forbidden", "DomainError"}
CODE = re.compile(r"[a-z]+(-[a-z0-9_]+)+")
# Kebab-case words in rules.py that are values and no codes.
VALUES = {"all-mandatory/1"}
# Caught where it is raised: no person ever reads it.
NEVER_SHOWN = {"counter-raced"}


def trees(*names: str) -> Iterator[tuple[Path, ast.AST]]:
    for path in SOURCES:
        if not names or path.name in names:
            yield path, _parsed(path)


@cache
def _parsed(path: Path) -> ast.AST:
    return ast.parse(path.read_text("utf-8"))


def words_of(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_only_one_place_commits() -> None:
    committing = [
        path.relative_to(ROOT).as_posix()
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    ]
    assert committing == ["lms/db.py"]


def test_services_and_queries_open_no_transaction() -> None:
    inside = {"models.py", "rules.py", "service.py", "queries.py", "permissions.py"}
    opening = [
        path.relative_to(ROOT).as_posix()
        for path, tree in trees(*inside)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "transaction"
    ]
    assert opening == []


def test_no_table_holds_a_binary_fraction() -> None:
    floating = [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        for path, tree in trees("models.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in {"float", "Float", "Double", "Numeric"}
    ]
    assert floating == []


def test_only_the_clock_reads_the_time() -> None:
    reading = {
        path.relative_to(ROOT).as_posix()
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and isinstance(node.value, ast.Name)
        and node.value.id in {"datetime", "date"}
    }
    assert reading == {"lms/kernel/clock.py"}


def test_rules_do_not_read_the_clock_or_the_database() -> None:
    graph = grimp.build_graph("lms", include_external_packages=True)
    rules = [module for module in graph.modules if module.endswith(".rules")]
    assert len(rules) >= 5
    for module in rules:
        imported = graph.find_modules_directly_imported_by(module)
        assert not imported & {"lms.kernel.clock", "lms.db", "sqlalchemy", "flask"}, module
        assert not any(each.endswith((".queries", ".service")) for each in imported), module


def test_edges_are_private_to_their_feature() -> None:
    graph = grimp.build_graph("lms")
    edges = [
        module
        for module in graph.modules
        if module.count(".") == 2
        and module.split(".")[1] in FEATURES
        and module.rsplit(".", 1)[1] in EDGES
    ]
    assert len(edges) >= 15
    bad = [
        f"{user} -> {edge}"
        for edge in edges
        for user in graph.find_modules_that_directly_import(edge)
        if user.split(".")[1] != edge.split(".")[1]
    ]
    assert bad == []


@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_every_setting_is_documented(name: str) -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert f"| `LMS_{name.upper()}` |" in text
    assert f"\n## {name}\n" in text


def test_no_setting_is_documented_that_does_not_exist() -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    named = set(re.findall(r"^\| `LMS_([A-Z_]+)` \|", text, re.MULTILINE))
    assert named == {field.name.upper() for field in fields(Settings)}


@cache
def raised_codes() -> dict[str, str]:
    """Each code that can reach a person, and where it comes from."""
    found: dict[str, str] = {}
    for path, tree in trees():
        place = path.relative_to(ROOT).as_posix()
        codes = {code for node in ast.walk(tree) for code in _codes(node)}
        codes |= {
            word
            for word in words_of(tree)
            if CODE.fullmatch(word)
            and word not in VALUES
            and (path.name == "rules.py" or word.startswith("import-"))
        }
        found |= dict.fromkeys(codes, place)
    return found


def _codes(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef) and node.name == "__init__":
        yield from (word for word in words_of(node.args) if word)
    if not isinstance(node, ast.Call):
        return
    if called(node) in ERRORS | {"unique_or"} and node.args:
        yield from _constant(node.args[0])
    for keyword in node.keywords:
        if (
            called(node) in ERRORS
            and keyword.arg == "fields"
            and isinstance(keyword.value, ast.Dict)
        ):
            for value in keyword.value.values:
                yield from _constant(value)
    if called(node) == "__init__" and node.args:  # an error class that fixes its own code
        yield from _constant(node.args[0])


def _constant(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def test_every_code_that_can_be_raised_has_a_sentence() -> None:
    codes = raised_codes()
    assert {"already-enrolled", "password-too-short", "import-cycle", "own-work"} <= set(codes)
    untold = {code: place for code, place in codes.items() if code not in SENTENCES}
    assert set(untold) <= NEVER_SHOWN, untold


def test_every_sentence_belongs_to_a_code_in_use() -> None:
    words = {
        word
        for path, tree in trees()
        if not path.name.endswith("messages.py")
        for word in words_of(tree)
    }
    templates = " ".join(p.read_text("utf-8") for p in paths.TEMPLATES.rglob("*.html"))
    unused = [
        code
        for code in SENTENCES
        if code not in words and f'"{code}"' not in templates and not code.startswith("check-")
    ]
    # "conflict" is the base of its family and is kept for callers to come.
    assert set(unused) <= {"conflict"}


def test_codes_are_kebab_case_and_sentences_end() -> None:
    for code, text in SENTENCES.items():
        assert re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*", code), code
        assert str(text).endswith("."), code
    with pytest.raises(KeyError):
        sentence("no-such-code")


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_introduces_itself_in_fifteen_lines(feature: str) -> None:
    lines = (paths.PACKAGE / feature / "README.md").read_text("utf-8").splitlines()
    assert len(lines) <= 15
    for word in ("Nouns", "Invariants", "Events", "Permissions"):
        assert any(line.startswith(f"- **{word}.**") for line in lines), word


def test_the_wheel_holds_every_package() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = setup["options"]["packages"].split()
    found = {
        name
        for name in find_namespace_packages(str(ROOT), include=["lms*"])
        if "__pycache__" not in name and not name.startswith("lms.translations")
    }
    assert set(listed) == found | {"lms.templates", "lms.static", "lms.translations"}
    assert listed == sorted(listed)
    assert len(listed) == len(set(listed))


def test_what_security_md_names_exists() -> None:
    """A demand held by a test that is gone is not held."""
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text)
    assert len(named) > 40
    for file, test in named:
        source = (ROOT / file).read_text("utf-8")
        assert not test or f"def {test}(" in source, f"{file}::{test}"
    for drill in set(re.findall(r"drills? `(\w+)`", text)):
        assert (ROOT / "tests" / "drills" / f"{drill}.py").exists(), drill
