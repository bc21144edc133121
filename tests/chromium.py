"""Find the browser of the page tests, or install one: `python -m tests.chromium`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial

VARIABLE = "ANNALS_TEST_CHROMIUM"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
_PAGE = ("--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "data:text/html,<p>works")
_DEBIAN = ("chromium", "fonts-dejavu-core")
#: The library of the system that Playwright's driver needs, by the name of Debian's package.
_DRIVER_LIBRARY = "libatomic1"
_DOWNLOAD_SECONDS = 600

_MISSING = f"""\
The page tests need Chromium or Google Chrome, and none was found or could be installed.
Install one (Debian: apt install chromium), or set {VARIABLE} to the path of one."""
_NO_DRIVER = f"""\
The page tests need Playwright's driver, which does not run here: {{reason}}
Install the library that is missing (Debian: apt install {_DRIVER_LIBRARY})."""


class NoBrowser(Exception):
    """No browser runs here; the message names the ways to get one."""


def find() -> str:
    """Return the path of a browser that runs; raise NoBrowser if there is none."""
    reason = _driver_trouble()
    if reason:
        raise NoBrowser(_NO_DRIVER.format(reason=reason))
    given = os.environ.get(VARIABLE)
    if given:
        if not _runs(given):
            raise NoBrowser(f"{VARIABLE} is {given}, which is not a Chromium or Chrome that runs.")
        return given
    for path in _candidates():
        if _runs(path):
            return path
    raise NoBrowser(_MISSING)


def find_or_install() -> str:
    """Return what `find` does, after Playwright's download or Debian's packages if need be."""
    if _driver_trouble():
        _install_from_debian(_DRIVER_LIBRARY)
    try:
        return find()
    except NoBrowser:
        if os.environ.get(VARIABLE) or _driver_trouble():
            raise
    for install in (_install_from_playwright, partial(_install_from_debian, *_DEBIAN)):
        install()
        for path in _candidates():
            if _runs(path):
                return path
    raise NoBrowser(_MISSING)


def _driver_trouble() -> str:
    """Return why Playwright's driver does not run, empty if it does."""
    command = [sys.executable, "-m", "playwright", "--version"]
    started = subprocess.run(command, capture_output=True, text=True)
    return started.stderr.strip() or "it ended at once" if started.returncode else ""


def _candidates() -> Iterator[str]:
    yield from filter(None, map(shutil.which, _NAMES))
    yield _MAC
    script = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
    )
    # A process of its own: Playwright leaves an event loop in the one that it ran in.
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    if found.returncode == 0:
        yield found.stdout.strip()


def _runs(path: str) -> bool:
    """Return whether it shows a page: a download may lack libraries of the system."""
    try:
        page = subprocess.run([path, *_PAGE], capture_output=True, text=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "works" in page.stdout


def _install_from_playwright() -> None:
    print("Downloading Chromium by Playwright …", flush=True)
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_DOWNLOAD_SECONDS)
    except subprocess.TimeoutExpired:
        print(f"It did not end within {_DOWNLOAD_SECONDS} s.")
        return
    if done.returncode:
        print("It could not be downloaded.")


def _install_from_debian(*packages: str) -> None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print(f"Installing {', '.join(packages)} of Debian …", flush=True)
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ("install", "--yes", "--quiet=2", "--no-install-recommends", *packages)
    for words in (("update", "--quiet=2"), install):
        done = subprocess.run(["apt-get", *words], env=quietly, capture_output=True, text=True)
        if done.returncode:
            print(done.stderr.strip(), flush=True)


if __name__ == "__main__":
    try:
        print(f"Browser of the page tests: {find_or_install()}")
    except NoBrowser as problem:
        sys.exit(str(problem))
