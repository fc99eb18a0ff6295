"""Registers codes with Django."""

from django.apps import AppConfig


class CodesConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.ground.codes"
    label = "codes"
