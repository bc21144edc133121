"""The roles that people may have, as Apicurio names them."""

from django.db import models


class RoleType(models.TextChoices):
    READ_ONLY = "READ_ONLY"
    DEVELOPER = "DEVELOPER"
    ADMIN = "ADMIN"
