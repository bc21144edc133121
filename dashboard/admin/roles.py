"""The roles of principals on the journal: granted, changed and revoked."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from access.configuration import RoleSource
from access.middleware import get_caller
from access.writers import get_writer
from dashboard.admin.names import name_fault
from dashboard.frame.pages import render_page, with_error_page
from dashboard.frame.toasts import add_toast
from journal import commands
from registry import queries
from registry.errors import RoleMappingNotFound
from registry.roles import RoleType

_ROLES = {
    "READ_ONLY": "reads artifacts and findings",
    "DEVELOPER": "reads, and changes artifacts and their rules",
    "ADMIN": "does everything",
}


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page("Error setting a role.")
def show(request: HttpRequest) -> HttpResponse:
    """List the roles; a POST grants `role` to `principal`, or with `revoke` revokes it.

    `revoke` in the address asks for confirmation.
    """
    if request.method != "POST":
        revoked = request.GET.get("revoke")
        revoking = None if revoked is None else queries.role_mapping(revoked)
        return _page(request, revoking=revoking)
    principal = request.POST.get("principal", "").strip()
    if "revoke" in request.POST:
        mapping = queries.role_mapping(principal)
        rejection = _lockout_warning(request, principal, "")
        if rejection:
            return _page(request, revoking=mapping, rejection=rejection, status=409)
        commands.delete_role_mapping(get_writer(request), principal)
        add_toast(request, f"{principal} is {mapping.role} no longer.")
        return redirect("admin-roles")
    role, name = request.POST.get("role", ""), request.POST.get("name", "")
    fault = name_fault(principal, "Say to whom: the name with which they sign in.")
    wrong = {
        "principal": fault or _lockout_warning(request, principal, role),
        "role": "" if role in RoleType.values else f"A role is one of {', '.join(_ROLES)}.",
    }
    if any(wrong.values()):
        fields = {"principal": principal, "name": name, "role": role}
        return _page(request, wrong=wrong, fields=fields, status=400)
    try:
        before = queries.role_mapping(principal)
        commands.update_role_mapping(get_writer(request), principal, role)
        add_toast(request, f"{principal} was {before.role}, and is {role} now.")
    except RoleMappingNotFound:
        commands.create_role_mapping(get_writer(request), principal, role, name.strip() or None)
        add_toast(request, f"{principal} is {role} now.")
    return redirect("admin-roles")


def _lockout_warning(request: HttpRequest, principal: str, role: str) -> str:
    """Return a warning if administrators would revoke their own role; empty otherwise."""
    caller = get_caller(request)
    is_own = _are_in_force() and principal == caller.name and not caller.principal.is_overridden
    if not is_own or role == RoleType.ADMIN or not caller.principal.is_admin:
        return ""
    return (
        "This is your own role ADMIN, and you could not give it back to yourself. Another "
        "administrator can take it from you."
    )


def _are_in_force() -> bool:
    access = settings.ANNALS_ACCESS
    return bool(access.is_on and access.role_source is RoleSource.APPLICATION)


def _page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    mappings = queries.role_mappings()
    admins = [mapping for mapping in mappings if mapping.role == RoleType.ADMIN]
    defaults = {
        "mappings": [
            (mapping, _lockout_warning(request, mapping.principal_id, "")) for mapping in mappings
        ],
        "roles": list(_ROLES.items()),
        "is_on": settings.ANNALS_ACCESS.is_on,
        "are_in_force": _are_in_force(),
        "is_last_admin": admins == [context.get("revoking")],
    }
    return render_page(request, "admin_roles", {**defaults, **context}, status)
