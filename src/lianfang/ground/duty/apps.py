"""Registers duty with Django."""

from django.apps import AppConfig


class DutyConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.ground.duty"
    label = "duty"
