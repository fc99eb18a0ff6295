"""Registers checkpoints with Django."""

from django.apps import AppConfig


class CheckpointsConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.operations.checkpoints"
    label = "checkpoints"
