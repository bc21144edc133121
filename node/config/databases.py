"""DATABASE_URL as Django's settings: a read-only alias, and one for the journal's writes."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# Readers, one to a thread, have the system's page cache; of their own they keep little, since there
# are 64. A mapped file would count as resident once for each of them.
_READER_PRAGMAS = "PRAGMA busy_timeout=10000; PRAGMA cache_size=-500;"


# A host that vanishes closes no connection. Both ends probe the other one: else a worker would wait
# for hours, and its session would hold the lock that a standby waits for.
_CLIENT_TIMEOUTS = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}
_SERVER_TIMEOUTS = (
    "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 "
    "-c tcp_user_timeout=25000"
)


def databases(url: str | None, default_file: Path) -> dict[str, dict[str, Any]]:
    """Return two aliases of one database: `default` only reads, `journal` writes.

    Raises ImproperlyConfigured for a scheme other than sqlite and postgresql.
    """
    if url is None:
        return _sqlite(default_file)
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgresql(url)
    raise ImproperlyConfigured(f"DATABASE_URL: {parts.scheme!r} is neither sqlite nor postgresql")


def _sqlite(file: Path) -> dict[str, dict[str, Any]]:
    # The log is copied back when the worker is idle, else after 32 MB: each time costs an fsync.
    # Losing the last transactions in a power cut only means reading them again: NORMAL is safe.
    pragmas = (
        "PRAGMA busy_timeout=10000; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA wal_autocheckpoint=8000; PRAGMA cache_size=-16000;"
    )
    common = {"NAME": str(file.resolve()), "CONN_MAX_AGE": None}
    return {
        "default": {
            **common,
            "ENGINE": "journal.database.sqlite",
            "OPTIONS": {"init_command": _READER_PRAGMAS},
        },
        "journal": {
            **common,
            "ENGINE": "django.db.backends.sqlite3",
            "OPTIONS": {"init_command": pragmas, "transaction_mode": "IMMEDIATE"},
        },
    }


def _postgresql(url: str) -> dict[str, dict[str, Any]]:
    parts = urlsplit(url)
    common = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
    options = {**_CLIENT_TIMEOUTS, **dict(parse_qsl(parts.query))}
    server_options = options.get("options", "")
    return {
        "default": {
            **common,
            "OPTIONS": {
                **options,
                "options": f"{server_options} -c default_transaction_read_only=on".strip(),
            },
        },
        "journal": {
            **common,
            "OPTIONS": {**options, "options": f"{server_options} {_SERVER_TIMEOUTS}".strip()},
        },
    }
