"""Registers the desk with Django."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.screens.desk"
    label = "desk"
