"""Registers venues with Django."""

from django.apps import AppConfig


class VenuesConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.operations.venues"
    label = "venues"
