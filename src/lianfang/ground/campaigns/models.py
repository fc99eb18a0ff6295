"""Read models of the engine. Written by its projection only."""

from typing import ClassVar

from django.db import models


class Campaign(models.Model):
    """A campaign as it was opened, and when it was closed."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=200)
    incident_id = models.UUIDField(null=True)
    area_id = models.UUIDField(db_index=True)
    target = models.TextField()
    form_id = models.UUIDField()
    occasion = models.CharField(max_length=60)
    purpose = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField()
    opened_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.UUIDField(null=True)
    closed_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)  # only its counts are left


class Task(models.Model):
    """One household to be reached in a campaign, and where that stands. Its people's names stay in the register."""

    pk = models.CompositePrimaryKey("campaign_id", "target_id", "occasion")
    campaign_id = models.UUIDField()
    target_id = models.UUIDField()
    occasion = models.CharField(max_length=60)
    grid_id = models.UUIDField()
    origin = models.CharField(max_length=10)
    joined_on = models.DateField()
    people_due = models.IntegerField()
    state = models.CharField(max_length=10)
    outcome = models.CharField(max_length=20, null=True)
    entry_id = models.UUIDField(null=True)
    said_by = models.UUIDField(null=True)
    at = models.DateTimeField(null=True)
    counted_on = models.DateField(null=True)
    counted_hour = models.IntegerField(null=True)
    people = models.IntegerField(default=0)
    attempts = models.IntegerField(default=0)
    appointment = models.CharField(max_length=19, null=True)
    disputed = models.BooleanField(default=False)
    position = models.BigIntegerField()
    stays = models.TextField(null=True)  # where it has lain, as [Stay]; None: nothing was moved since it joined

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["grid_id", "position"], name="campaigns_task_feed"),
            models.Index(fields=["campaign_id", "grid_id", "state"], name="campaigns_task_remainder"),
        ]


class Said(models.Model):
    """Every outcome that was ever recorded of a task: a standing is a function of all of them."""

    pk = models.CompositePrimaryKey("campaign_id", "target_id", "occasion", "entry_id")
    campaign_id = models.UUIDField()
    target_id = models.UUIDField()
    occasion = models.CharField(max_length=60)
    entry_id = models.UUIDField()
    outcome = models.CharField(max_length=20)
    at = models.DateTimeField()
    day = models.DateField()
    hour = models.IntegerField()
    people = models.IntegerField()
    said_by = models.UUIDField(null=True)
    appointment = models.CharField(max_length=19, null=True)
    corrects = models.UUIDField(null=True)
    position = models.BigIntegerField(default=0)


class Tally(models.Model):
    """Coverage by day, at every level of the tree down to the grid."""

    pk = models.CompositePrimaryKey("campaign_id", "area_id", "day")
    campaign_id = models.UUIDField()
    area_id = models.UUIDField()
    day = models.DateField()
    listed = models.BigIntegerField(default=0)
    found = models.BigIntegerField(default=0)
    struck = models.BigIntegerField(default=0)
    done = models.BigIntegerField(default=0)
    attempted = models.BigIntegerField(default=0)
    people = models.BigIntegerField(default=0)
    people_due = models.BigIntegerField(default=0)
    disputed = models.BigIntegerField(default=0)


class Hour(models.Model):
    """What was finished within an hour of a day, at every level of the tree."""

    pk = models.CompositePrimaryKey("campaign_id", "area_id", "day", "hour")
    campaign_id = models.UUIDField()
    hour = models.IntegerField()
    area_id = models.UUIDField()
    day = models.DateField()
    households = models.BigIntegerField(default=0)
    people = models.BigIntegerField(default=0)
