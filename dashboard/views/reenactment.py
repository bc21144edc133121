"""The incident, played on a scratch topic: a button, and what is seen of it so far."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from dashboard.pages import render_page
from dashboard.stage import stage


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """POST with `keys` of `alike` or `nonce` begins; one is played at a time."""
    if request.method == "POST":
        stage.play(has_nonce=request.POST.get("keys") == "nonce")
        return redirect("reenactment")
    return render_page(request, "reenactment", {"played": stage.played})
