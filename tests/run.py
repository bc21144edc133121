"""Run the tests, all with one Kafka and one PostgreSQL: `python -m tests.run --help`.

Options that are not its own are pytest's.
"""

import argparse
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import django

from tests import chromium

_ROOT = Path(__file__).parent.parent
_PYTHON = (sys.executable, "-m")
#: More processes than processors, since most of a test's time is waiting. Files start in the order
#: in which tests/order.py puts them.
_SIDE_BY_SIDE = ("-n", "5", "--dist", "loadfile", "--no-loadscope-reorder")
_SOAK = ("-m", "soak or hypothesis", "--hypothesis-profile=soak")
#: The options of each run of pytest, one after the other.
_RUNS: dict[str, list[tuple[str, ...]]] = {
    "all": [(*_SIDE_BY_SIDE, "-m", "not soak")],
    "quick": [(*_SIDE_BY_SIDE, "-m", "not soak and not kafka", "tests/unit", "tests/docs")],
    # Those of speed, in tests/soak, need the machine to themselves.
    "soak": [(*_SIDE_BY_SIDE, *_SOAK, "--ignore=tests/soak"), (*_SOAK, "tests/soak")],
}


def main() -> int:
    """Return the exit code of the tests, or of the linters if only they found something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", choices=_RUNS, help="quick: those of unit and docs")
    parser.add_argument("--lint", action="store_true", help="run the linters beside all tests")
    parser.add_argument("--seed", type=int, help="of all that is random in soak; a new one if none")
    parser.add_argument("--coverage", action="store_true", help="report what no test executes")
    arguments, more = parser.parse_known_args()
    command = [*_PYTHON, *(("coverage", "run", "-m") if arguments.coverage else ()), "pytest"]
    # Options choose some of the tests, which run one by one in make soak.
    runs = [_SOAK] if arguments.which == "soak" and more else _RUNS[arguments.which]
    services = {}
    if arguments.which == "soak":
        seed = arguments.seed if arguments.seed is not None else secrets.randbelow(2**32)
        print(f"make soak SEED={seed} plays this run again.", flush=True)
        command.append(f"--hypothesis-seed={seed}")
        services["ANNALS_TEST_SEED"] = str(seed)
    with tempfile.TemporaryDirectory(prefix="annals-tests-") as name, ExitStack() as stack:
        folder = Path(name)
        # Options choose some of the tests, whoever gives them is not after the linters.
        linting = _start_linting(folder / "lint") if arguments.lint and not more else None
        if arguments.which != "quick":
            services |= stack.enter_context(_services(folder))
        code = max(_run([*command, *run, *more], services) for run in runs)
        if linting is not None:
            code = linting.wait() or code
            print((folder / "lint").read_text(), end="")
    return code


@contextmanager
def _services(folder: Path) -> Iterator[dict[str, str]]:
    """Start what all processes of the run share; give the variables that name it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "node.settings")
    django.setup()
    # Imported here because they read Django's settings.
    from journal.kafka.embedded import EmbeddedBroker
    from tests.databases import make_sqlite_template, postgresql_server

    template = folder / "template.sqlite3"
    broker = EmbeddedBroker(folder)
    with ThreadPoolExecutor(1) as pool, ExitStack() as stack:
        stack.callback(broker.stop)
        address = pool.submit(broker.start)
        make_sqlite_template(template)
        yield {
            "ANNALS_TEST_POSTGRESQL": stack.enter_context(postgresql_server()),
            "ANNALS_TEST_SQLITE": str(template),
            "ANNALS_TEST_KAFKA": address.result(),
            chromium.VARIABLE: chromium.find(),
        }


def _start_linting(output: Path) -> subprocess.Popen[bytes]:
    command = ["make", "--no-print-directory", "lint"]
    with output.open("w") as file:
        return subprocess.Popen(command, cwd=_ROOT, stdout=file, stderr=subprocess.STDOUT)


def _run(command: list[str], services: dict[str, str]) -> int:
    environment = {**os.environ, **services}
    # Compiling every module again would be a fifth of each node's start.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with subprocess.Popen(command, cwd=_ROOT, env=environment, start_new_session=True) as tests:

        def interrupt(*_: object) -> None:
            # All of it: pytest's processes end without those that they have started.
            os.killpg(tests.pid, signal.SIGINT)

        signal.signal(signal.SIGINT, interrupt)
        signal.signal(signal.SIGTERM, interrupt)
        return tests.wait()


if __name__ == "__main__":
    sys.exit(main())
