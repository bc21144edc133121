"""How many random examples a test tries, and which: always the same ones in `make test`.

`make soak` tries many more of a new seed (`--hypothesis-profile=soak --hypothesis-seed=…`).
"""

import os
from functools import cache

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

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


_NO_CONSTANTS = providers._local_constants
_find_constants = providers._get_local_constants


@cache
def _constants() -> Constants:
    """Return constants of the code that Hypothesis tries as values; none in `make test`.

    It would look for them in all modules that are loaded by then, and so try others after other
    tests. In `make soak` they are those of the modules that the collection of tests has loaded.
    """
    return _NO_CONSTANTS if settings().derandomize else _find_constants()


vars(providers)["_get_local_constants"] = _constants
