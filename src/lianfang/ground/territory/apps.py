"""Registers territory with Django."""

from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.ground.territory"
    label = "territory"
