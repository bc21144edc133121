"""The upload page: new artifacts, and new versions of those that exist."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from access.asgi import asking
from access.owners import require_artifact
from dashboard.converters import group_name, group_of
from dashboard.pages import page, render_page
from journal.commands import NewVersion, create_artifact, update_artifact
from journal.doctor.current import current_findings, refusing
from registry.artifact_types import ARTIFACT_TYPES, detect
from registry.errors import (
    ArtifactAlreadyExists,
    ArtifactNotFound,
    InvalidContent,
    VersionAlreadyExists,
)
from registry.queries import VersionMeta
from registry.rules import RuleViolation, Verdict

_TYPES = [("", "Automatic"), *((known.name, known.name) for known in ARTIFACT_TYPES)]
#: A chosen file is sent back with the page, to be kept while an error is mended, up to this size.
_KEEP_LIMIT = 2_000_000


class UploadForm(forms.Form):
    """Content comes from a file, from what was kept of an earlier try, or from the text area."""

    file = forms.FileField(required=False, allow_empty_file=True)
    kept = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    kept_name = forms.CharField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )
    group = forms.CharField(
        required=False, max_length=512, widget=forms.TextInput({"data-testid": "form-group"})
    )
    id = forms.CharField(
        required=False, max_length=512, widget=forms.TextInput({"data-testid": "form-id"})
    )
    type = forms.ChoiceField(
        required=False, choices=_TYPES, widget=forms.Select({"data-testid": "form-type-toggle"})
    )
    version = forms.CharField(required=False, max_length=256)
    name = forms.CharField(
        required=False, max_length=512, widget=forms.TextInput({"data-testid": "form-name"})
    )
    description = forms.CharField(
        required=False,
        max_length=1024,
        widget=forms.TextInput({"data-testid": "form-description"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            content = _content(data)
        except NotBase64:
            content = b""
        if not content:
            self.add_error("text", "Choose a file, drop one, or paste the content.")
        elif len(content) > settings.ANNALS_LIMIT_CONTENT_BYTES:
            limit = settings.ANNALS_LIMIT_CONTENT_BYTES
            self.add_error("text", f"{len(content):,} bytes are more than the {limit:,} allowed.")
        data["content"] = content
        return data


def _content(data: dict[str, Any]) -> bytes:
    file: UploadedFile[Any] | None = data.get("file")
    if file is not None:
        return bytes(file.read())
    if data.get("kept"):
        return b64decode(data["kept"], validate=True)
    # Browsers send a text area's lines with CR LF, whatever was pasted.
    return str(data.get("text", "")).replace("\r\n", "\n").encode()


@dataclass(frozen=True, slots=True)
class _Kept:
    """A chosen file as the next page carries it."""

    name: str
    size: int
    encoded: str


@require_http_methods(["GET", "HEAD", "POST"])
@page("Error uploading artifact.")
def upload(request: HttpRequest) -> HttpResponse:
    """`group` and `id` in the address fill the form; `as=version` asks for a new version."""
    is_version = request.GET.get("as") == "version"
    if request.method != "POST":
        start = {name: request.GET.get(name, "") for name in ("group", "id")}
        return _form_page(request, UploadForm(initial=start), is_version=is_version)
    form = UploadForm(request.POST, request.FILES)
    is_version = request.POST.get("as") == "version"
    if not form.is_valid():
        return _form_page(request, form, is_version=is_version, status=400)
    return _store(request, form, is_version)


def _store(request: HttpRequest, form: UploadForm, is_version: bool) -> HttpResponse:
    try:
        new = replace(_new_version(form, is_version), created_by=asking(request).name)
        if is_version:
            require_artifact(asking(request), new.group_id, new.artifact_id)
        stored = _say(new, is_version)
    except ArtifactAlreadyExists:
        return _form_page(request, form, exists=True, status=409)
    except ArtifactNotFound as error:
        form.add_error("id", str(error))
    except VersionAlreadyExists as error:
        form.add_error("version", str(error))
    except InvalidContent as error:
        form.add_error("text", str(error))
    except RuleViolation as error:
        return _form_page(request, form, is_version=is_version, verdict=error.verdict, status=409)
    else:
        return redirect("version", stored.group_id, stored.artifact_id, stored.version)
    status = 409 if form.has_error("version") else 400
    return _form_page(request, form, is_version=is_version, status=status)


def _say(new: NewVersion, is_version: bool) -> VersionMeta:
    return update_artifact(new) if is_version else create_artifact(new)


def _new_version(form: UploadForm, is_version: bool) -> NewVersion:
    """Raises InvalidContent if the type is to be found out and can't be."""
    data = form.cleaned_data
    type_name = data["type"] or None
    if type_name is None and not is_version:
        found = detect(data["content"])
        if found is None:
            raise InvalidContent("The type can't be told from this content. Choose it below.")
        type_name = found.name
    return NewVersion(
        group_id=group_of(data["group"]),
        artifact_id=data["id"] or str(uuid4()),
        content=data["content"],
        type=type_name,
        version=data["version"] or None,
        name=data["name"] or None,
        description=data["description"] or None,
    )


def _form_page(
    request: HttpRequest,
    form: UploadForm,
    *,
    is_version: bool = False,
    exists: bool = False,
    verdict: Verdict | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "is_version": is_version,
        "exists": exists,
        "verdict": verdict,
        "kept": _kept(form) if form.is_bound else None,
        "group": group_name(group_of(str(form["group"].value() or ""))),
        "limit": settings.ANNALS_LIMIT_CONTENT_BYTES,
        "refusing": refusing(current_findings()),
    }
    return render_page(request, "upload", context, status)


def _kept(form: UploadForm) -> _Kept | None:
    content: bytes = form.cleaned_data.get("content", b"")
    file = form.cleaned_data.get("file")
    name = file.name if file is not None else form.cleaned_data.get("kept_name", "")
    if not name or not 0 < len(content) <= _KEEP_LIMIT:
        return None
    return _Kept(name, len(content), b64encode(content).decode())
