"""How many random examples a test tries, and which: always the same ones in `make test`.

`make soak` tries many more of a new seed (`--hypothesis-profile=soak --hypothesis-seed=…`).
"""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

#: What all that is random in a run is derived from; `make soak` sets another each time.
SEED = int(os.environ.get("ANNALS_TEST_SEED", "20211209"))

# A slow machine is no failure, and remembered failures would come before those of the seed.
_COMMON = settings(
    deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("test", _COMMON, derandomize=True, max_examples=50)
settings.register_profile("soak", _COMMON, derandomize=False, max_examples=1_000)
settings.load_profile("test")


def examples(test: int, soak: int) -> settings:
    """Return the settings of a test that tries so many examples in `make test` and `make soak`."""
    return settings(max_examples=test if settings().derandomize else soak)


def pytest_report_header() -> str:
    return f"seed: {SEED}"


def pytest_collection_finish() -> None:
    """Fix the constants of the code that Hypothesis tries as values to those of now.

    It would add those of each module that a test loads, and try others after other tests.
    """
    known = providers._get_local_constants()
    pytest.MonkeyPatch().setattr(providers, "_get_local_constants", lambda: known)
