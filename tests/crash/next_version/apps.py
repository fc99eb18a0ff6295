"""So that Django finds the migrations."""

from django.apps import AppConfig


class NextVersion(AppConfig):
    name = "tests.crash.next_version"
    label = "next_version"
