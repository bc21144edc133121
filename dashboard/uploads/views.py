"""The upload page: new artifacts, and new versions of those that exist."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from access.middleware import get_caller
from access.ownership import require_artifact_owner
from dashboard.frame.converters import group_name, parse_group
from dashboard.frame.pages import render_page, with_error_page
from dashboard.frame.toasts import add_toast
from dashboard.uploads.form import (
    HalfReference,
    ReferenceRow,
    UploadForm,
    kept_of,
    new_version,
    reference_rows,
)
from dashboard.uploads.preview import Look, look_at
from dashboard.uploads.several import bring, is_for_several
from journal.commands import NewVersion, create_artifact, update_artifact
from journal.health.current import blocking_finding, current_findings
from registry.errors import (
    ArtifactAlreadyExists,
    ArtifactNotFound,
    InvalidContent,
    VersionAlreadyExists,
)
from registry.queries import VersionMeta
from registry.rules import RuleViolation, Verdict

#: While somebody types, contents up to this size are looked at; the Check button has no such limit.
LOOK_LIMIT = 1_000_000


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page("Error uploading artifact.")
def upload(request: HttpRequest) -> HttpResponse:
    """`group` and `id` in the address fill the form; `as=version` asks for a new version.

    A POST stores; with `do` it only looks (check, fetch), or changes the form (map, drop).
    """
    is_version = request.GET.get("as") == "version"
    if request.method != "POST":
        start = {name: request.GET.get(name, "") for name in ("group", "id")}
        return _form_page(request, UploadForm(initial=start), is_version=is_version)
    if is_for_several(request):
        return bring(request)
    is_version = request.POST.get("as") == "version"
    form = UploadForm(_said(request), request.FILES)
    if request.POST.get("do"):
        return _form_page(request, form, is_version=is_version, looks=True)
    if not form.is_valid():
        return _form_page(request, form, is_version=is_version, status=400)
    return _store(request, form, is_version)


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """The same form, looked at while somebody types: a part of the page."""
    is_version = request.POST.get("as") == "version"
    form = UploadForm(request.POST, request.FILES)
    context: dict[str, Any] = {"is_version": is_version, "limit": LOOK_LIMIT}
    if form.data.get("source") == "url" and not form.data.get("kept"):
        return render(request, "dashboard/_upload_preview.html", context)
    if form.is_valid() and len(form.cleaned_data["content"]) > LOOK_LIMIT:
        context["too_large"] = len(form.cleaned_data["content"])
    else:
        rows = reference_rows(request.POST)
        context["look"] = look_at(form, rows, get_caller(request), is_version)
        context["refusing"] = blocking_finding(current_findings())
    return render(request, "dashboard/_upload_preview.html", context)


def _said(request: HttpRequest) -> Any:
    """What was posted, without what was kept if that is to be dropped."""
    if request.POST.get("do") != "drop":
        return request.POST
    said = request.POST.copy()
    for name in ("kept", "kept_name", "url"):
        said[name] = ""
    said["source"] = "file"
    return said


def _store(request: HttpRequest, form: UploadForm, is_version: bool) -> HttpResponse:
    try:
        rows = reference_rows(request.POST)
        new = replace(new_version(form, rows, is_version), created_by=get_caller(request).name)
        if is_version:
            require_artifact_owner(get_caller(request), new.group_id, new.artifact_id)
        stored = _say(new, is_version)
    except ArtifactAlreadyExists:
        return _form_page(request, form, exists=True, status=409)
    except ArtifactNotFound as error:
        form.add_error("id", str(error))
    except VersionAlreadyExists as error:
        form.add_error("version", str(error))
    except InvalidContent as error:
        form.add_error(None if isinstance(error, HalfReference) else "text", str(error))
    except RuleViolation as error:
        return _form_page(request, form, is_version=is_version, verdict=error.verdict, status=409)
    else:
        return _stored(request, stored)
    status = 409 if form.has_error("version") else 400
    return _form_page(request, form, is_version=is_version, status=status)


def _say(new: NewVersion, is_version: bool) -> VersionMeta:
    return update_artifact(new) if is_version else create_artifact(new)


def _stored(request: HttpRequest, stored: VersionMeta) -> HttpResponse:
    """A script that sent it with its progress shown goes there by itself."""
    named = f"{group_name(stored.group_id)}/{stored.artifact_id}"
    add_toast(request, f"Stored version {stored.version} of {named}.")
    place = reverse("version", args=(stored.group_id, stored.artifact_id, stored.version))
    if request.headers.get("X-Annals-Sent") == "script":
        return HttpResponse(status=201, headers={"Location": place})
    return redirect(place)


def _form_page(
    request: HttpRequest,
    form: UploadForm,
    *,
    is_version: bool = False,
    exists: bool = False,
    looks: bool = False,
    verdict: Verdict | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = reference_rows(request.POST)
    seen: Look | None = None
    if form.is_bound and (looks or verdict):
        seen = look_at(form, rows, get_caller(request), is_version)
    if seen is not None and request.POST.get("do") == "map":
        rows += [each.row for each in seen.findable if each.row is not None]
        seen = look_at(form, rows, get_caller(request), is_version)
    context = {
        "form": form,
        "is_version": is_version,
        "exists": exists,
        "verdict": verdict,
        "look": seen,
        "rows": [*rows, ReferenceRow()],
        "kept": kept_of(form) if form.is_bound else None,
        "is_url": form.is_bound and form.data.get("source") == "url",
        "hosts": sorted(settings.ANNALS_FETCH_HOSTS),
        "group": group_name(parse_group(str(form["group"].value() or ""))),
        "id_hint": "Of the artifact" if is_version else "Empty: a generated one",
        "limit": settings.ANNALS_LIMIT_CONTENT_BYTES,
        "look_limit": LOOK_LIMIT,
        "refusing": blocking_finding(current_findings()),
    }
    return render_page(request, "upload", context, status)
