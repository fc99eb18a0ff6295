"""Registers screening with Django."""

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.operations.screening"
    label = "screening"
