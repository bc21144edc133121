"""Names in templates: Django shows nothing for an unknown one, so that a typo is not noticed."""

import re
from pathlib import Path

from django import forms
from django.template import engines
from django.template.backends.django import DjangoTemplates

ROOT = Path(__file__).parent.parent.parent
_TAGS = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}")
_BOUND = re.compile(r"\b(?:as|for|with) ([\w, ]+?)(?: in\b|=|\Z)|\b(\w+)=")
_TEXT = re.compile(r"\"[^\"]*\"|'[^']*'")
_WORD = re.compile(r"\b[a-z_]\w*")
#: Words of Django's own tags, and what Django binds or makes.
_DJANGO = {
    *("in", "and", "or", "not", "is", "as", "with", "only", "else", "elif", "endif", "empty"),
    *("endfor", "endblock", "endwith", "endspaceless", "endautoescape", "endifchanged"),
    *("forloop", "counter", "counter0", "first", "last", "off", "on"),
    *("get_outcome_display", "id_for_label"),
    *dir(forms.Form),
}


def _words_of_python() -> set[str]:
    return {
        word
        for package in ("access", "api", "dashboard", "journal", "node", "registry")
        for file in (ROOT / package).rglob("*.py")
        for word in re.findall(r"\w+", file.read_text())
    }


def _words_of_tags() -> set[str]:
    backend = engines["django"]
    assert isinstance(backend, DjangoTemplates)
    libraries = [*backend.engine.template_builtins, *backend.engine.template_libraries.values()]
    return {
        word
        for library in libraries
        for names in (library.tags, library.filters, [library.__module__])
        for word in names
    } | set(backend.engine.template_libraries)


def _unknown(template: str, known: set[str]) -> set[str]:
    tags = [_TEXT.sub("", variable or tag) for variable, tag in _TAGS.findall(template)]
    bound = {
        name
        for tag in tags
        for names in _BOUND.findall(tag)
        for name in re.findall(r"\w+", " ".join(names))
    }
    blocks = set(re.findall(r"\{% block (\w+)", template))
    return {word for tag in tags for word in _WORD.findall(tag)} - known - bound - blocks


def test_each_name_in_a_template_is_given_by_a_view() -> None:
    known = _words_of_python() | _words_of_tags() | _DJANGO
    pages = sorted((ROOT / "dashboard" / "templates").rglob("*.html"))
    # By `include … with`, or by a tag of the page that includes another.
    included = {
        name
        for page in pages
        for names in re.findall(r"(\w+)=|\bas (\w+) %", page.read_text())
        for name in names
    }
    found = {
        page.name: unknown
        for page in pages
        if (unknown := _unknown(page.read_text(), known | included))
    }
    assert found == {}


def test_a_name_that_nothing_gives_is_found() -> None:
    page = "{% for row in rows %}{{ row.name|upper }}{% url 'version' row.nmae %}{% endfor %}"
    assert _unknown(page, {"for", "endfor", "in", "rows", "name", "upper", "url"}) == {"nmae"}
