"""Django's backend for the alias that reads a SQLite file."""
