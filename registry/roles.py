"""The roles of principals, by Apicurio's names."""

from django.db import models


class RoleType(models.TextChoices):
    READ_ONLY = "READ_ONLY"
    DEVELOPER = "DEVELOPER"
    ADMIN = "ADMIN"
