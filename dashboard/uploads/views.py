"""The upload page: new artifacts, and new versions of existing ones."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from access.writers import get_writer
from dashboard.frame.converters import group_name, parse_group
from dashboard.frame.pages import render_page, render_part, with_error_page
from dashboard.frame.toasts import add_toast
from dashboard.uploads import bulk_upload
from dashboard.uploads.form import (
    IncompleteReference,
    ReferenceRow,
    UploadForm,
    parse_reference_rows,
    retained_file,
    to_new_version,
)
from dashboard.uploads.preview import preview_upload
from journal.commands import create_artifact, update_artifact
from journal.health.node_health import blocking_finding
from journal.journal import get_journal
from registry.errors import (
    ArtifactAlreadyExists,
    ArtifactNotFound,
    InvalidContent,
    VersionAlreadyExists,
)
from registry.rules import RuleViolation, Verdict

#: The size up to which a content is previewed while it is typed; the Check button has no limit.
PREVIEW_LIMIT = 1_000_000


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page("Error uploading artifact.")
def upload(request: HttpRequest) -> HttpResponse:
    """Show the form, prefilled with `group` and `id`, or store its content.

    `as=version` is for a new version. `do` previews (check, fetch) or changes the form (map, drop)
    and stores nothing.
    """
    if request.method != "POST":
        initial = {name: request.GET.get(name, "") for name in ("group", "id")}
        is_version = request.GET.get("as") == "version"
        return _form_page(request, UploadForm(initial=initial), is_version=is_version)
    if bulk_upload.is_bulk_upload(request):
        return bulk_upload.receive(request)
    is_version = request.POST.get("as") == "version"
    fields: QueryDict = request.POST.copy()
    if fields.get("do") == "drop":
        for name, value in (("source", "file"), ("kept", ""), ("kept_name", ""), ("url", "")):
            fields[name] = value
    form = UploadForm(fields, request.FILES)
    if request.POST.get("do"):
        return _form_page(request, form, is_version=is_version, has_preview=True)
    if not form.is_valid():
        return _form_page(request, form, is_version=is_version, status=400)
    return _store(request, form, is_version)


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Render the preview for a form being filled in."""
    is_version = request.POST.get("as") == "version"
    form = UploadForm(request.POST, request.FILES)
    context: dict[str, Any] = {"is_version": is_version, "limit": PREVIEW_LIMIT}
    if form.data.get("source") == "url" and not form.data.get("kept"):
        return render_part(request, "upload_preview", context)
    if form.is_valid() and len(form.cleaned_data["content"]) > PREVIEW_LIMIT:
        context["too_large"] = len(form.cleaned_data["content"])
    else:
        rows = parse_reference_rows(request.POST)
        context["preview"] = preview_upload(get_writer(request), form, rows, is_version)
        context["blocking_finding"] = blocking_finding(get_journal(request).health.findings())
    return render_part(request, "upload_preview", context)


def _store(request: HttpRequest, form: UploadForm, is_version: bool) -> HttpResponse:
    try:
        rows = parse_reference_rows(request.POST)
        new = to_new_version(form, rows, is_version)
        store = update_artifact if is_version else create_artifact
        stored = store(get_writer(request), new)
    except ArtifactAlreadyExists:
        return _form_page(request, form, exists=True, status=409)
    except RuleViolation as error:
        return _form_page(request, form, is_version=is_version, verdict=error.verdict, status=409)
    except ArtifactNotFound as error:
        form.add_error("id", str(error))
    except VersionAlreadyExists as error:
        form.add_error("version", str(error))
    except InvalidContent as error:
        form.add_error(None if isinstance(error, IncompleteReference) else "text", str(error))
    else:
        name = f"{group_name(stored.group_id)}/{stored.artifact_id}"
        add_toast(request, f"Stored version {stored.version} of {name}.")
        address = reverse("version", args=(stored.group_id, stored.artifact_id, stored.version))
        if request.headers.get("X-Annals-Sent") == "script":
            # The script that shows the upload's progress follows the address by itself.
            return HttpResponse(status=201, headers={"Location": address})
        return redirect(address)
    status = 409 if form.has_error("version") else 400
    return _form_page(request, form, is_version=is_version, status=status)


def _form_page(
    request: HttpRequest,
    form: UploadForm,
    *,
    is_version: bool = False,
    exists: bool = False,
    has_preview: bool = False,
    verdict: Verdict | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = parse_reference_rows(request.POST)
    shown = None
    if form.is_bound and (has_preview or verdict):
        shown = preview_upload(get_writer(request), form, rows, is_version)
    if shown is not None and request.POST.get("do") == "map":
        rows += [reference.row for reference in shown.resolvable if reference.row is not None]
        shown = preview_upload(get_writer(request), form, rows, is_version)
    findings = get_journal(request).health.findings()
    context = {
        "form": form,
        "is_version": is_version,
        "exists": exists,
        "verdict": verdict,
        "preview": shown,
        "rows": [*rows, ReferenceRow()],
        "retained": retained_file(form) if form.is_bound else None,
        "is_url": form.is_bound and form.data.get("source") == "url",
        "hosts": sorted(settings.ANNALS_FETCH_HOSTS),
        "group": group_name(parse_group(str(form["group"].value() or ""))),
        "id_hint": "Of the artifact" if is_version else "Empty: a generated one",
        "limit": settings.ANNALS_LIMIT_CONTENT_BYTES,
        "preview_limit": PREVIEW_LIMIT,
        "blocking_finding": blocking_finding(findings),
    }
    return render_page(request, "upload", context, status, findings=findings)
