"""The form of the upload page: one content, where it comes from, and what is said about it."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from dashboard.frame.converters import group_name, parse_group
from dashboard.uploads.files import shown_name
from journal.commands import NewVersion
from journal.remote.contents import NotFetched, fetched
from registry.artifact_types import ARTIFACT_TYPES, detect
from registry.errors import InvalidContent
from registry.references import Reference

TYPES = [("", "Automatic"), *((known.name, known.name) for known in ARTIFACT_TYPES)]
#: A chosen file is sent back with the page, to be kept while an error is mended, up to this size.
_KEEP_LIMIT = 2_000_000
#: Of a kept file this much is shown as text.
_SHOW_LIMIT = 300_000
_MOST_REFERENCES = 200
_MOST_LABELS = 100


def _text(testid: str) -> forms.TextInput:
    return forms.TextInput({"data-testid": testid})


class UploadForm(forms.Form):
    """Content comes from a file, from what was kept of an earlier try, from a URL or as text."""

    source = forms.ChoiceField(required=False, choices=[("file", ""), ("url", "")])
    url = forms.CharField(required=False, max_length=2000)
    file = forms.FileField(required=False, allow_empty_file=True)
    kept = forms.CharField(required=False, strip=False)
    kept_name = forms.CharField(required=False)
    text = forms.CharField(
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 16, "spellcheck": "false", "wrap": "off"}),
    )
    group = forms.CharField(required=False, max_length=512, widget=_text("form-group"))
    id = forms.CharField(required=False, max_length=512, widget=_text("form-id"))
    type = forms.ChoiceField(
        required=False, choices=TYPES, widget=forms.Select({"data-testid": "form-type-toggle"})
    )
    version = forms.CharField(required=False, max_length=256)
    name = forms.CharField(required=False, max_length=512, widget=_text("form-name"))
    description = forms.CharField(required=False, max_length=1024, widget=_text("form-description"))
    labels = forms.CharField(required=False, max_length=4000, widget=_text("form-labels"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["content"] = b""
        try:
            data["content"] = _content(data)
        except NotFetched as error:
            self.add_error("url", f"This {error}")
            return data
        except NotBase64:
            pass
        if not data["content"]:
            where = "url" if data.get("source") == "url" else "text"
            self.add_error(where, "Choose a file, drop one, or paste the content.")
        elif len(data["content"]) > settings.ANNALS_LIMIT_CONTENT_BYTES:
            limit = settings.ANNALS_LIMIT_CONTENT_BYTES
            told = f"{len(data['content']):,} bytes are more than the {limit:,} allowed."
            self.add_error("text", told)
        return data

    def clean_labels(self) -> tuple[str, ...]:
        """Each once, as they came."""
        text = str(self.cleaned_data["labels"]).replace("\n", ",")
        found = dict.fromkeys(each.strip() for each in text.split(","))
        found.pop("", None)
        if len(found) > _MOST_LABELS:
            raise forms.ValidationError(f"There are at most {_MOST_LABELS} labels.")
        return tuple(found)


def _content(data: dict[str, Any]) -> bytes:
    """Raises NotFetched, NotBase64."""
    file: UploadedFile[Any] | None = data.get("file")
    if file is not None:
        return bytes(file.read())
    if data.get("kept"):
        return b64decode(data["kept"], validate=True)
    if data.get("source") == "url":
        return fetched(data["url"].strip()) if data.get("url") else b""
    # Browsers send a text area's lines with CR LF, whatever was pasted.
    return str(data.get("text", "")).replace("\r\n", "\n").encode()


@dataclass(frozen=True, slots=True)
class Kept:
    """A chosen file as the next page carries it; `text` is empty where it is no short text."""

    name: str
    size: int
    encoded: str
    text: str


def kept_of(form: UploadForm) -> Kept | None:
    """What came as a file or from a URL; None for what is in the text area, or is too large."""
    form.is_valid()
    data = form.cleaned_data
    content: bytes = data.get("content", b"")
    file = data.get("file")
    name = shown_name(file) if file is not None else data.get("kept_name", "")
    if data.get("source") == "url" and not name:
        name = urlsplit(data.get("url", "")).path.rpartition("/")[2] or "fetched"
    if not name or not 0 < len(content) <= _KEEP_LIMIT:
        return None
    try:
        text = content.decode() if len(content) <= _SHOW_LIMIT else ""
    except UnicodeDecodeError:
        text = ""
    return Kept(name[:200], len(content), b64encode(content).decode(), text)


def file_name_of(form: UploadForm) -> str:
    kept = form.cleaned_data.get("kept_name", "")
    file = form.cleaned_data.get("file")
    return shown_name(file) if file is not None else str(kept)


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """As somebody wrote it; one without a name is left out."""

    name: str = ""
    group: str = ""
    artifact: str = ""
    version: str = ""

    @property
    def is_whole(self) -> bool:
        return bool(self.name and self.artifact and self.version)


def reference_rows(said: QueryDict) -> list[ReferenceRow]:
    """Bounded; rows that are empty are left out."""
    columns = [said.getlist(f"ref_{each}") for each in ("name", "group", "artifact", "version")]
    rows = (
        ReferenceRow(*(text.strip()[:512] for text in each)) for each in zip(*columns, strict=False)
    )
    return [each for each in rows if each != ReferenceRow()][:_MOST_REFERENCES]


def row_of(reference: Reference) -> ReferenceRow:
    group = "" if reference.group_id is None else group_name(reference.group_id)
    return ReferenceRow(reference.name, group, reference.artifact_id, reference.version)


def new_version(form: UploadForm, rows: list[ReferenceRow], is_version: bool) -> NewVersion:
    """Raises InvalidContent if the type is to be found out and can't be, or a reference is half."""
    data = form.cleaned_data
    type_name = data["type"] or None
    if type_name is None and not is_version:
        found = detect(data["content"])
        if found is None:
            raise InvalidContent("The type can't be told from this content. Choose it below.")
        type_name = found.name
    return NewVersion(
        group_id=parse_group(data["group"]),
        artifact_id=data["id"] or str(uuid4()),
        content=data["content"],
        type=type_name,
        version=data["version"] or None,
        name=data["name"] or None,
        description=data["description"] or None,
        labels=data.get("labels", ()),
        references=tuple(_references(rows)),
    )


class HalfReference(InvalidContent):
    """A reference lacks its name, its artifact or its version."""


def _references(rows: list[ReferenceRow]) -> Iterator[Reference]:
    for each in rows:
        if not each.is_whole:
            told = each.name or each.artifact or each.group or each.version
            raise HalfReference(f"The reference {told!r} needs a name, an artifact and a version.")
        yield Reference(parse_group(each.group), each.artifact, each.version, each.name)
