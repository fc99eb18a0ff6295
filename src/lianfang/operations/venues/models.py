"""Read models of venues. Written by projections only."""

from typing import ClassVar

from django.db import models


class Code(models.Model):
    """A place's code. `no` is the position of its entry: short, because every visit carries it."""

    id = models.UUIDField(primary_key=True)
    no = models.BigIntegerField(unique=True)
    place_id = models.UUIDField(db_index=True)
    area_id = models.UUIDField(db_index=True)
    incident_id = models.UUIDField(db_index=True)
    name = models.CharField(max_length=120)
    door = models.CharField(max_length=120)
    contact = models.CharField(max_length=100)
    issued_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)


class Visit(models.Model):
    """A visit, clustered by place and time: a window is one range, and whoever was near lies beside it. `at` in
    seconds of the epoch; `token` is who it was, for that hour only and for nobody without the day's key.
    """

    pk = models.CompositePrimaryKey("code_no", "at", "position")
    code_no = models.BigIntegerField()
    at = models.BigIntegerField()
    position = models.BigIntegerField()
    token = models.BinaryField(max_length=16)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["token", "at", "code_no"], name="venues_by_token")]


class Day(models.Model):
    """How often a code was shown on a day, at every level of the tree down to the place's grid."""

    pk = models.CompositePrimaryKey("incident_id", "code_id", "area_id", "day")
    incident_id = models.UUIDField()
    code_id = models.UUIDField()
    area_id = models.UUIDField()
    day = models.DateField()
    visits = models.BigIntegerField(default=0)
    no_visits = models.BigIntegerField(default=0)


class Warrant(models.Model):
    """A warrant. What it asks and why is sealed under its incident's key."""

    id = models.UUIDField(primary_key=True)
    incident_id = models.UUIDField()
    area_id = models.UUIDField(db_index=True)
    terms = models.BinaryField()
    proposed_by = models.UUIDField(null=True)
    proposed_at = models.DateTimeField()
    signed_by = models.UUIDField(null=True)
    signed_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    readings = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(signed_by=None)
                | (models.Q(proposed_by__isnull=False) & ~models.Q(signed_by=models.F("proposed_by"))),
                name="venues_warrant_by_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(readings=0) | models.Q(signed_by__isnull=False),
                name="venues_warrant_read_once_signed",
            ),
        ]
