"""The house's settings and one app more."""

from lianfang.project.settings import *  # noqa: F403
from lianfang.project.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.crash.next_version.apps.NextVersion"]
