"""Registers OpenRosa with Django."""

from django.apps import AppConfig


class OpenRosaConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.interop.openrosa"
    label = "openrosa"
