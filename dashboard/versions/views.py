"""The page of one version of an artifact, and the confirmations of deletions."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from access.writers import get_writer
from dashboard.frame.converters import group_name
from dashboard.frame.pages import render_page, with_error_page
from dashboard.frame.toasts import add_toast
from dashboard.versions.editing import edit_form
from dashboard.versions.highlight import highlight_content
from dashboard.versions.layouts import available_layouts, default_layout, lay_out
from dashboard.versions.page import LATEST, load_version_page, render_tab
from journal import commands
from journal.ledger.history import version_provenance
from registry import queries
from registry.admission.rules import list_rules_in_force


@require_safe
@with_error_page("Error loading artifact.")
def show(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    """Show a version; `layout` in the address shows a document as json or yaml."""
    page = load_version_page(group_id, artifact_id, version)
    meta = page.meta
    body = queries.content_of_version(group_id, artifact_id, meta.version)
    layout = request.GET.get("layout") or default_layout(body.content)
    laid = lay_out(body.content, layout)
    context = {
        "size": len(body.content),
        "highlighted": highlight_content(
            body.content if laid is None else laid, None if laid else meta.type
        ),
        "layout": "stored" if laid is None else layout,
        "layouts": available_layouts(body.content),
        "form": edit_form(meta),
        "provenance": version_provenance(
            group_id, artifact_id, meta.version, (meta.global_id, meta.content_id)
        ),
        "rules": list_rules_in_force(group_id, artifact_id, meta.type),
        "can_delete_version": queries.is_enabled(queries.DELETION_ENABLED),
    }
    return render_tab(request, page, "version", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page("Error deleting artifact.")
def delete_artifact(request: HttpRequest, group_id: str | None, artifact_id: str) -> HttpResponse:
    writer = get_writer(request)
    if request.method == "POST":
        commands.delete_artifact(writer, group_id, artifact_id)
        add_toast(request, f"Deleted {group_name(group_id)}/{artifact_id}.")
        return redirect("artifacts")
    writer.require_artifact(group_id, artifact_id)
    meta = queries.version_meta_of_any_state(group_id, artifact_id)
    count = queries.versions(group_id, artifact_id, limit=1).count
    context = {"meta": meta, "version_count": count, "what": "artifact"}
    return render_page(request, "delete", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page("Error deleting version.")
def delete_version(
    request: HttpRequest, group_id: str | None, artifact_id: str, version: str
) -> HttpResponse:
    writer = get_writer(request)
    if request.method == "POST":
        commands.delete_version(writer, group_id, artifact_id, version)
        add_toast(request, f"Deleted version {version} of {group_name(group_id)}/{artifact_id}.")
        if queries.artifact_exists(group_id, artifact_id):
            return redirect("version", group_id, artifact_id, LATEST)
        return redirect("artifacts")
    writer.require_artifact(group_id, artifact_id)
    meta = queries.version_meta(group_id, artifact_id, version)
    return render_page(request, "delete", {"meta": meta, "what": "version"})
