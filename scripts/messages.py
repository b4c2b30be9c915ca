"""Finding the texts that people see: which are marked for translation, and which Chinese ones are not.

Message ids are Chinese, so a Chinese text outside a translation call is one that English readers would meet
untranslated. Used by check_messages.py and update_messages.py.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.template.base import Lexer, Token, TokenType
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "mulin"
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")

# Function -> which positional arguments hold (context, message, plural).
CALLS = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
# A Chinese literal on a line with this comment is data, not a text for a reader; the reason follows it.
DATA_COMMENT = "# untranslated:"


@dataclass(frozen=True)
class Message:
    """One text marked for translation, and where it stands."""

    context: str | None
    text: str
    plural: str | None
    place: str

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.text


@dataclass(frozen=True)
class Problem:
    """A text that cannot be translated as it is written."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


def apps(package: Path = PACKAGE) -> list[Path]:
    return sorted(path for path in package.iterdir() if (path / "__init__.py").exists())


def python_files(app: Path) -> list[Path]:
    """The module's own sources; what only tests and generated migrations say is not shown to anyone."""
    skipped = {"tests", "testing", "migrations", "packs", "static"}
    return [path for path in sorted(app.rglob("*.py")) if not skipped & set(path.relative_to(app).parts)]


def template_files(app: Path) -> list[Path]:
    folder = app / "templates"
    return [path for path in sorted(folder.rglob("*")) if path.suffix in {".html", ".txt", ".xml", ".svg"}]


def script_files(app: Path) -> list[Path]:
    return [path for path in sorted((app / "static").rglob("*.js")) if "vendor" not in path.parts]


def place_of(path: Path, line: int) -> str:
    shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    return f"{shown}:{line}"


def messages_of(app: Path) -> list[Message]:
    """Every marked text of a module, in the order of its files."""
    found: list[Message] = []
    for path in python_files(app):
        found += PythonFile(path).messages
    for path in template_files(app):
        found += template_messages(path)
    return found


class PythonFile:
    """The marked texts of one source file and its Chinese literals that are not marked."""

    def __init__(self, path: Path) -> None:
        self.path = path
        source = path.read_text(encoding="utf-8")
        self.lines = source.splitlines()
        self.messages: list[Message] = []
        self.problems: list[Problem] = []
        self.literals: list[tuple[int, str]] = []
        tree = ast.parse(source, filename=str(path))
        self.calls = {**CALLS, **dict(translation_aliases(tree))}
        self.visit(tree)

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.Call) and (roles := self.calls.get(called_name(node))):
            self.take_call(node, roles)
            return
        if isinstance(node, ast.Constant):
            self.take_literal(node)
        for child in children_without_docstring(node):
            if isinstance(child, ast.keyword) and (child.arg == "zh" or (child.arg or "").endswith("_zh")):
                continue  # the Chinese half of a pair whose English half stands beside it
            self.visit(child)

    def take_call(self, node: ast.Call, roles: tuple[int | None, int, int | None]) -> None:
        texts = [constant_text(argument) for argument in node.args]
        picked = [texts[role] if role is not None and role < len(texts) else None for role in roles]
        context, text, plural = picked
        here = place_of(self.path, node.lineno)
        if text is not None:
            self.messages.append(Message(context, text, plural, here))
        elif any(isinstance(argument, ast.JoinedStr) for argument in node.args):
            self.problems.append(Problem(here, "an f-string cannot be translated; use %(name)s"))
        else:
            for argument in node.args:
                self.visit(argument)

    def take_literal(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and HAN.search(node.value) and not self.is_marked_data(node):
            self.literals.append((node.lineno, node.value))

    def is_marked_data(self, node: ast.Constant) -> bool:
        last = node.end_lineno or node.lineno
        return any(DATA_COMMENT in line for line in self.lines[node.lineno - 1 : last])


def translation_aliases(tree: ast.AST) -> Iterator[tuple[str, tuple[int | None, int, int | None]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for name in node.names:
                if name.asname and name.name in CALLS:
                    yield name.asname, CALLS[name.name]


def called_name(node: ast.Call) -> str:
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def constant_text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def children_without_docstring(node: ast.AST) -> Iterable[ast.AST]:
    # A string that stands alone as a statement is a docstring (of a module, a class, a field).
    return [
        child
        for child in ast.iter_child_nodes(node)
        if not (isinstance(child, ast.Expr) and constant_text(child.value) is not None)
    ]


TEXT = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
TEMPLATE_CALL = re.compile(rf"(?<!\w)(_|n?p?gettext)\(\s*({TEXT}(?:\s*,\s*{TEXT})*)")


def template_messages(path: Path) -> list[Message]:
    """The marked texts of a template, by Django's own rules (trimmed, plural, context, filters)."""
    found = []
    lines = templatize(path.read_text(encoding="utf-8"), origin=str(path)).splitlines()
    for number, line in enumerate(lines, start=1):
        for name, arguments in TEMPLATE_CALL.findall(line):
            texts = [ast.literal_eval(text) for text in re.findall(TEXT, arguments)]
            context, text, plural = (texts[role] if role is not None else None for role in CALLS[name])
            found.append(Message(context, text, plural, place_of(path, number)))
    return found


MARKED_CONSTANT = re.compile(rf"_\({TEXT}\)")
TRANSLATE_TAG = re.compile(r"^(?:trans|translate)\s")
# An element that says its own language: the switch shows 中文 to those who read only Chinese.
IN_ITS_OWN_LANGUAGE = re.compile(r"<(\w+)\b[^>]*\slang=\"[^\"]+\"[^>]*>[^<]*</\1>")
HTML_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def template_problems(path: Path) -> list[Problem]:
    """Chinese text of a template outside every translation tag."""
    found = []
    closing = ""
    for token in Lexer(path.read_text(encoding="utf-8")).tokenize():
        if closing:
            if token.token_type == TokenType.BLOCK and token.contents.strip() in closing.split("|"):
                closing = ""
            continue
        closing = closing_tag(token)
        for offset, text in enumerate(unmarked_text(token).split("\n")):
            if HAN.search(text):
                what = f"Chinese outside of a translation tag: {text.strip()[:40]}"
                found.append(Problem(place_of(path, token.lineno + offset), what))
    return found


def closing_tag(token: Token) -> str:
    """What ends the block whose content needs no look: it is translated, or shown to nobody."""
    if token.token_type != TokenType.BLOCK:
        return ""
    first = token.contents.split(maxsplit=1)[0] if token.contents.strip() else ""
    if first in {"blocktrans", "blocktranslate"}:
        return "endblocktrans|endblocktranslate"
    return "endcomment" if first == "comment" else ""


def unmarked_text(token: Token) -> str:
    if token.token_type == TokenType.TEXT:
        blanked = HTML_COMMENT.sub(keep_lines, token.contents)
        return IN_ITS_OWN_LANGUAGE.sub(keep_lines, blanked)
    if token.token_type == TokenType.COMMENT or TRANSLATE_TAG.match(token.contents):
        return ""
    return MARKED_CONSTANT.sub("", token.contents)


def keep_lines(match: re.Match) -> str:
    return "\n" * match.group(0).count("\n")


JS_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`\w])//[^\n]*", re.DOTALL)


def script_problems(path: Path) -> list[Problem]:
    """Chinese text in a script: it belongs in the template, in a data- attribute, translated."""
    source = JS_COMMENT.sub(keep_lines, path.read_text(encoding="utf-8"))
    return [
        Problem(place_of(path, number), f"Chinese in a script: {line.strip()[:40]}")
        for number, line in enumerate(source.split("\n"), start=1)
        if HAN.search(line)
    ]


def catalogue_path(app: Path, language: str = "en") -> Path:
    return app / "locale" / language / "LC_MESSAGES" / "django.po"


def read_catalogue(path: Path) -> polib.POFile:
    """The translations of a module; empty with a proper header when there is no file yet."""
    if path.exists():
        return polib.pofile(str(path), wrapwidth=110)
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = {
        "Project-Id-Version": "mulin",
        "Language": path.parts[-3],
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    return catalogue


def entries_by_key(catalogue: polib.POFile) -> dict[tuple[str | None, str], polib.POEntry]:
    return {(entry.msgctxt, entry.msgid): entry for entry in catalogue if not entry.obsolete}
