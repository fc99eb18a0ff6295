"""Registers access with Django."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.ground.access"
    label = "access"
