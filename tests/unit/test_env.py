"""The environment as typed values."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from node.config.databases import databases
from node.config.env import env_bool, env_choice, env_number, env_secret, kafka_properties


def test_kafka_properties_are_passed_through_by_their_names() -> None:
    environ = {
        "KAFKA_BOOTSTRAP_SERVERS": "kafka:9093",
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
        "KAFKA_SSL_CA_LOCATION": "/etc/ca.pem",
        "PATH": "/bin",
    }

    assert kafka_properties(environ) == {
        "bootstrap.servers": "kafka:9093",
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "ssl.ca.location": "/etc/ca.pem",
    }


def test_a_secret_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "password"
    file.write_text("hush\n")
    monkeypatch.setenv("KAFKA_SASL_PASSWORD_FILE", str(file))

    assert env_secret("KAFKA_SASL_PASSWORD") == "hush"
    assert kafka_properties({"KAFKA_SASL_PASSWORD_FILE": str(file)}) == {"sasl.password": "hush"}

    monkeypatch.setenv("KAFKA_SASL_PASSWORD_FILE", str(tmp_path / "missing"))
    with pytest.raises(ImproperlyConfigured, match="KAFKA_SASL_PASSWORD_FILE"):
        env_secret("KAFKA_SASL_PASSWORD")


def test_a_wrong_value_is_named_with_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SETTING", "perhaps")

    with pytest.raises(ImproperlyConfigured, match="A_SETTING='perhaps'"):
        env_bool("A_SETTING", default=False)
    with pytest.raises(ImproperlyConfigured, match="A_SETTING='perhaps'"):
        env_number("A_SETTING", 1)
    with pytest.raises(ImproperlyConfigured, match="none of auto, never"):
        env_choice("A_SETTING", ("auto", "never"))
    for number in ("nan", "inf", "-inf", "1e400", "-1"):
        monkeypatch.setenv("A_SETTING", number)
        with pytest.raises(ImproperlyConfigured, match="A_SETTING"):
            env_number("A_SETTING", 1)


def test_an_old_name_counts_until_the_new_one_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def read() -> str:
        return env_choice("NEW_NAME", ("auto", "first", "last"), old_name="OLD_NAME")

    assert read() == "auto"
    monkeypatch.setenv("OLD_NAME", "first")
    assert read() == "first"
    monkeypatch.setenv("NEW_NAME", "last")
    assert read() == "last"
    monkeypatch.delenv("NEW_NAME")
    monkeypatch.setenv("OLD_NAME", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="OLD_NAME='perhaps'"):
        read()


def test_both_aliases_lead_to_one_database_and_one_only_reads() -> None:
    sqlite = databases("sqlite:///srv/annals.sqlite3", Path("unused"))
    assert sqlite["default"]["NAME"] == sqlite["journal"]["NAME"] == "/srv/annals.sqlite3"
    # It opens the file by a URI with mode=ro.
    assert sqlite["default"]["ENGINE"] == "journal.database.sqlite"
    assert sqlite["journal"]["ENGINE"] == "django.db.backends.sqlite3"

    url = "postgresql://user:p%40ss@db:5433/annals?sslmode=require"
    postgresql = databases(url, Path("unused"))
    assert postgresql["default"]["PASSWORD"] == "p@ss"
    for alias, told in (
        ("default", "-c default_transaction_read_only=on"),
        ("journal", "-c tcp_keepalives_idle=10 "),
    ):
        options = postgresql[alias]["OPTIONS"]
        assert options["sslmode"] == "require"
        assert options["keepalives_idle"] == "10"
        assert options["options"].startswith(told)

    with pytest.raises(ImproperlyConfigured, match="neither sqlite nor postgresql"):
        databases("mysql://db/annals", Path("unused"))
