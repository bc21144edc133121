"""The form of the upload page: one content, its source and its metadata."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from dashboard.frame.converters import group_name, parse_group
from dashboard.uploads.files import display_name
from journal.commands import NewVersion
from journal.remote.contents import NotFetched, fetch_content
from registry.artifact_types import ARTIFACT_TYPES, detect_type
from registry.errors import InvalidContent
from registry.references import Reference

TYPES = [("", "Automatic"), *((known.name, known.name) for known in ARTIFACT_TYPES)]
#: A file up to this size is sent back with the page, to be kept while an error is corrected.
_RETAIN_LIMIT = 2_000_000
#: A retained file up to this size is shown as text.
_TEXT_LIMIT = 300_000
_MAX_REFERENCES = 200
_MAX_LABELS = 100


def _text(testid: str) -> forms.TextInput:
    return forms.TextInput({"data-testid": testid})


class UploadForm(forms.Form):
    """Content comes from a file, a file retained from an earlier try, a URL or as text."""

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
            data["content"] = _read_content(data)
        except NotFetched as error:
            self.add_error("url", f"This {error}")
            return data
        except NotBase64:
            pass
        if not data["content"]:
            field = "url" if data.get("source") == "url" else "text"
            self.add_error(field, "Choose a file, drop one, or paste the content.")
        elif len(data["content"]) > settings.ANNALS_LIMIT_CONTENT_BYTES:
            limit = settings.ANNALS_LIMIT_CONTENT_BYTES
            error_text = f"{len(data['content']):,} bytes are more than the {limit:,} allowed."
            self.add_error("text", error_text)
        return data

    def clean_labels(self) -> tuple[str, ...]:
        """Split the labels at commas and lines, without duplicates."""
        text = str(self.cleaned_data["labels"]).replace("\n", ",")
        labels = dict.fromkeys(label.strip() for label in text.split(","))
        labels.pop("", None)
        if len(labels) > _MAX_LABELS:
            raise forms.ValidationError(f"There are at most {_MAX_LABELS} labels.")
        return tuple(labels)


def _read_content(data: dict[str, Any]) -> bytes:
    """Return the content, empty if there is none; raises NotFetched or NotBase64."""
    file: UploadedFile[Any] | None = data.get("file")
    if file is not None:
        return bytes(file.read())
    if data.get("kept"):
        return b64decode(data["kept"], validate=True)
    if data.get("source") == "url":
        return fetch_content(data["url"].strip()) if data.get("url") else b""
    # Browsers send the lines of a text area with CR LF, whatever was pasted.
    return str(data.get("text", "")).replace("\r\n", "\n").encode()


@dataclass(frozen=True, slots=True)
class RetainedFile:
    """A file embedded in the next page; `text` is empty for a long or binary one."""

    name: str
    size: int
    encoded: str
    text: str


def retained_file(form: UploadForm) -> RetainedFile | None:
    """Return the content from a file or URL; None for a text and for a large file."""
    form.is_valid()
    data = form.cleaned_data
    content: bytes = data.get("content", b"")
    file = data.get("file")
    name = display_name(file) if file is not None else data.get("kept_name", "")
    if data.get("source") == "url" and not name:
        name = urlsplit(data.get("url", "")).path.rpartition("/")[2] or "fetched"
    if not name or not 0 < len(content) <= _RETAIN_LIMIT:
        return None
    try:
        text = content.decode() if len(content) <= _TEXT_LIMIT else ""
    except UnicodeDecodeError:
        text = ""
    return RetainedFile(name[:200], len(content), b64encode(content).decode(), text)


def file_name(form: UploadForm) -> str:
    file = form.cleaned_data.get("file")
    return str(form.cleaned_data.get("kept_name", "")) if file is None else display_name(file)


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """A reference as typed."""

    name: str = ""
    group: str = ""
    artifact: str = ""
    version: str = ""

    @property
    def is_whole(self) -> bool:
        return bool(self.name and self.artifact and self.version)


def parse_reference_rows(fields: QueryDict) -> list[ReferenceRow]:
    """Parse the non-empty rows of references, up to a limit."""
    names = ("name", "group", "artifact", "version")
    columns = [fields.getlist(f"ref_{name}") for name in names]
    rows = (
        ReferenceRow(*(text.strip()[:512] for text in texts))
        for texts in zip(*columns, strict=False)
    )
    return [row for row in rows if row != ReferenceRow()][:_MAX_REFERENCES]


def to_reference_row(reference: Reference) -> ReferenceRow:
    group = "" if reference.group_id is None else group_name(reference.group_id)
    return ReferenceRow(reference.name, group, reference.artifact_id, reference.version)


class IncompleteReference(InvalidContent):
    """A reference lacks its name, its artifact or its version."""


def to_new_version(form: UploadForm, rows: list[ReferenceRow], is_version: bool) -> NewVersion:
    """Convert a valid form; raises InvalidContent for an unknown type, IncompleteReference."""
    data = form.cleaned_data
    type_name = data["type"] or None
    if type_name is None and not is_version:
        detected = detect_type(data["content"])
        if detected is None:
            raise InvalidContent("The type can't be told from this content. Choose it below.")
        type_name = detected.name
    references = []
    for row in rows:
        if not row.is_whole:
            name = row.name or row.artifact or row.group or row.version
            raise IncompleteReference(
                f"The reference {name!r} needs a name, an artifact and a version."
            )
        references.append(Reference(parse_group(row.group), row.artifact, row.version, row.name))
    return NewVersion(
        group_id=parse_group(data["group"]),
        artifact_id=data["id"] or str(uuid4()),
        content=data["content"],
        type=type_name,
        version=data["version"] or None,
        name=data["name"] or None,
        description=data["description"] or None,
        labels=data.get("labels", ()),
        references=tuple(references),
    )
