"""The three people of guarded nodes: the file that has them, and their sessions."""

from pathlib import Path

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import BrowserContext

from access.policy import Level
from registry.roles import RoleType
from tests.web import http_client

PASSWORD = "correct horse battery"
PEOPLE = {"vera": RoleType.READ_ONLY, "dora": RoleType.DEVELOPER, "anna": RoleType.ADMIN}
LEVELS = {"vera": Level.READ, "dora": Level.WRITE, "anna": Level.ADMIN}
#: A quarter of a second each time with as many as Django's.
_ITERATIONS = 1000


def users_file(folder: Path) -> Path:
    """Write a users file with PEOPLE, whose passwords are checked fast."""
    hasher = PBKDF2PasswordHasher()
    hashed = hasher.encode(PASSWORD, hasher.salt(), _ITERATIONS)
    file = folder / "users"
    file.write_text("\n".join(f"{name} {role} {hashed}" for name, role in PEOPLE.items()))
    return file


def sign_in(context: BrowserContext, url: str, name: str) -> None:
    """Give the windows of `context` a session of this person at the node."""
    with http_client(url) as client:
        client.get("/ui/login")
        token = client.cookies["csrftoken"]
        form = {"name": name, "password": PASSWORD, "csrfmiddlewaretoken": token}
        assert client.post("/ui/login", data=form).status_code == 302
        context.add_cookies([
            {"name": each, "value": value, "url": url} for each, value in client.cookies.items()
        ])
