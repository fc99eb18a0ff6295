"""The views and the one table of `plain_django`."""

import json
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt


class Row(models.Model):
    """What a visit says, as one would first write it down."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=80)
    at = models.DateTimeField()
    n = models.IntegerField()
    campaign = models.UUIDField(db_index=True)
    household = models.UUIDField(db_index=True)
    occasion = models.CharField(max_length=60)
    outcome = models.CharField(max_length=20)
    people = models.IntegerField()
    answers = models.JSONField()

    class Meta:
        app_label = "plain"


def empty(request: HttpRequest) -> HttpResponse:
    """Nothing."""
    return HttpResponse()


@csrf_exempt
def save(request: HttpRequest) -> HttpResponse:
    """The records of the request, each a row of its own."""
    for record in json.loads(request.body)["records"]:
        _row(record).save(force_insert=True)
    return HttpResponse(b"{}")


def _row(record: dict[str, Any]) -> Row:
    body = record["body"]
    task = body["task"]
    own = {name: record[name] for name in ("id", "kind", "at", "n")}
    said = {"people": body["people"], "answers": body["answers"]}
    where = {"campaign": task["campaign"], "household": task["target"]}
    return Row(**own, **said, **where, occasion=task["occasion"], outcome=task["outcome"])


urlpatterns = [path("empty", empty), path("save", save)]
