"""Roles of principals as the journal has them: given, changed and taken back."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from access.configuration import RoleSource
from access.middleware import get_caller
from dashboard.frame.pages import render_page, with_error_page
from dashboard.frame.toasts import add_toast
from journal import commands
from registry import queries
from registry.errors import RoleMappingNotFound
from registry.queries import RoleMapping
from registry.roles import RoleType

_LONGEST_NAME = 255
_ABOUT = {
    "READ_ONLY": "reads artifacts and findings",
    "DEVELOPER": "reads, and changes artifacts and their rules",
    "ADMIN": "does everything",
}


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page("Error setting a role.")
def show(request: HttpRequest) -> HttpResponse:
    """A POST of `principal` and `role` grants it; with `revoke` it is taken back.

    `revoke` in the address asks first; whoever would lose the role ADMIN by it is refused.
    """
    if request.method != "POST":
        return _asked_page(request)
    principal = request.POST.get("principal", "").strip()
    if "revoke" in request.POST:
        return _revoke(request, principal)
    role = request.POST.get("role", "")
    wrong = {
        "principal": _wrong_principal(principal) or _locks_out(request, principal, role),
        "role": "" if role in RoleType.values else f"A role is one of {', '.join(_ABOUT)}.",
    }
    if any(wrong.values()):
        said = {"principal": principal, "name": request.POST.get("name", ""), "role": role}
        return _page(request, wrong=wrong, said=said, status=400)
    add_toast(request, _grant(principal, role, request.POST.get("name", "").strip() or None))
    return redirect("admin-roles")


def _asked_page(request: HttpRequest) -> HttpResponse:
    principal = request.GET.get("revoke")
    if principal is None:
        return _page(request)
    return _page(request, revoking=queries.role_mapping(principal))


def _revoke(request: HttpRequest, principal: str) -> HttpResponse:
    mapping = queries.role_mapping(principal)
    refused = _locks_out(request, principal, "")
    if refused:
        return _page(request, revoking=mapping, refused=refused, status=409)
    commands.delete_role_mapping(principal)
    add_toast(request, f"{principal} is {mapping.role} no longer.")
    return redirect("admin-roles")


def _wrong_principal(principal: str) -> str:
    """Why no role can be given to that; empty if one can."""
    if not principal:
        return "Say to whom: the name with which they sign in."
    if not principal.isprintable():
        return "A name has no control characters."
    too_long = len(principal) > _LONGEST_NAME
    return f"A name has at most {_LONGEST_NAME} characters." if too_long else ""


def _locks_out(request: HttpRequest, principal: str, role: str) -> str:
    """Why an administrator may not take the role from themselves; empty where it is no such."""
    asks = get_caller(request)
    is_own = _are_in_force() and principal == asks.name and not asks.principal.is_overridden
    if not is_own or role == RoleType.ADMIN or not asks.principal.is_admin:
        return ""
    return (
        "This is your own role ADMIN, and you could not give it back to yourself. Another "
        "administrator can take it from you."
    )


def _are_in_force() -> bool:
    access = settings.ANNALS_ACCESS
    return bool(access.is_on and access.role_source is RoleSource.APPLICATION)


def _grant(principal: str, role: str, name: str | None) -> str:
    """What was done, in words."""
    try:
        before = queries.role_mapping(principal)
    except RoleMappingNotFound:
        commands.create_role_mapping(principal, role, name)
        return f"{principal} is {role} now."
    commands.update_role_mapping(principal, role)
    return f"{principal} was {before.role}, and is {role} now."


def _page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    mappings = queries.role_mappings()
    shown = {
        "mappings": [(each, _locks_out(request, each.principal_id, "")) for each in mappings],
        "roles": list(_ABOUT.items()),
        "is_on": settings.ANNALS_ACCESS.is_on,
        "are_in_force": _are_in_force(),
        "is_last": _is_last_admin(mappings, context.get("revoking")),
    }
    return render_page(request, "admin_roles", {**shown, **context}, status)


def _is_last_admin(mappings: tuple[RoleMapping, ...], revoked: RoleMapping | None) -> bool:
    admins = [each for each in mappings if each.role == RoleType.ADMIN]
    return admins == [revoked]
