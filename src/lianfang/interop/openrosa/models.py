"""The secrets of OpenRosa devices. No read model: they are made once and never told again."""

from django.db import models


class Login(models.Model):
    """A device's user name, and its password as an argon2 hash."""

    device_id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=40, unique=True)
    encoded = models.CharField(max_length=200)
    account_id = models.UUIDField()
    made_at = models.DateTimeField()
