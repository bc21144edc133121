"""Messages for the next page, shown as toasts and stored in a signed cookie until then."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest


class ToastStorage(CookieStorage):
    # Another application at the same host may use Django's own name.
    cookie_name = "annals_told"


@dataclass(frozen=True, slots=True)
class Toast:
    words: str
    is_bad: bool


def add_toast(request: HttpRequest, words: str, *, bad: bool = False) -> None:
    """Show a sentence or two on the next page; `bad` for a rejection.

    For views that respond with a redirect.
    """
    messages.add_message(request, messages.ERROR if bad else messages.SUCCESS, words)


def pending_toasts(request: HttpRequest) -> tuple[Toast, ...]:
    """Return and remove the pending toasts, to be shown once."""
    # A script that fetches a page would take them from the page that a person sees.
    if request.headers.get("Sec-Fetch-Dest", "document") != "document":
        return ()
    return tuple(
        Toast(str(message), message.level >= messages.ERROR)
        for message in messages.get_messages(request)
    )
