"""Levels that administrators set take effect here, and are given back."""

import logging

import pytest

from node.log_levels import LogLevels


@pytest.mark.parametrize(
    ("java", "python"), [("TRACE", 10), ("CONFIG", 20), ("WARN", 30), ("SEVERE", 40)]
)
def test_a_level_is_set_and_given_back(java: str, python: int) -> None:
    logger = logging.getLogger("tests.levels")
    logger.setLevel(logging.INFO)
    levels = LogLevels()
    levels.apply({"tests.levels": "DEBUG"})
    levels.apply({"tests.levels": java})
    assert logger.level == python
    levels.apply({"tests.levels": "LOUD"})
    assert logger.level == python
    levels.apply({})
    assert logger.level == logging.INFO
