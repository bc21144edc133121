"""Fixtures of every test; the parts are the real ones."""

pytest_plugins = ["tests.databases", "tests.kafka_fixture", "tests.nodes", "tests.tools"]
