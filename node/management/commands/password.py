"""Prints a line for ANNALS_USERS_FILE; asks for the password."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management import BaseCommand, CommandError

from access.users_file import UsersFileError, format_user_line
from registry.roles import RoleType

_MIN_LENGTH = 12


class Command(BaseCommand):
    help = "Print a line for ANNALS_USERS_FILE; the password is asked for, or read from a pipe."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--role", choices=RoleType.values, default=RoleType.READ_ONLY)

    def handle(self, *, name: str, role: str, **options: Any) -> None:
        if sys.stdin.isatty():
            password = getpass("Password: ")
            if getpass("Again: ") != password:
                raise CommandError("These are two different passwords.")
        else:
            password = sys.stdin.readline().rstrip("\r\n")
        if len(password) < _MIN_LENGTH:
            raise CommandError(f"A password has {_MIN_LENGTH} characters or more.")
        try:
            self.stdout.write(format_user_line(name, RoleType(role), password))
        except UsersFileError as error:
            raise CommandError(str(error)) from error
