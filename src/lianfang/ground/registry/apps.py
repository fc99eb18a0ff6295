"""Registers the register with Django."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.ground.registry"
    label = "registry"
