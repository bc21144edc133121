"""Asks for a confirmation by name, before a command changes what can't be restored."""

import sys
from typing import Any


def read_confirmation(stdout: Any, name: str, purpose: str) -> str:
    """Ask for a name on a command's `stdout`, and return the line of standard input."""
    stdout.write(f"Type {name} to {purpose}:")
    stdout.flush()
    return sys.stdin.readline().strip()
