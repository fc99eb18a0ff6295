"""Registers campaigns with Django."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """See the package docstring."""

    name = "lianfang.ground.campaigns"
    label = "campaigns"
