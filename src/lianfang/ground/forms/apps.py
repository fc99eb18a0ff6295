"""Registers forms with Django."""

from django.apps import AppConfig


class FormsConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.ground.forms"
    label = "forms"
