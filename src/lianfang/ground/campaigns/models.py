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
    recurs = models.TextField(null=True)  # as Recurrence; None: it has one occasion


class Begun(models.Model):
    """An occasion of a campaign that recurs, and where in the ledger it began."""

    pk = models.CompositePrimaryKey("campaign_id", "occasion")
    campaign_id = models.UUIDField()
    occasion = models.CharField(max_length=60)
    position = models.BigIntegerField()
    begun_at = models.DateTimeField()


class Attempts(models.Model):
    """How often and when a campaign calls again, from a moment on."""

    pk = models.CompositePrimaryKey("campaign_id", "position")
    campaign_id = models.UUIDField()
    position = models.BigIntegerField()
    since = models.DateTimeField()
    policy = models.TextField()
    declared_by = models.UUIDField(null=True)


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
    refusals = models.IntegerField(default=0)
    stays = models.TextField(null=True)  # where it has lain, as [Stay]; None: nothing was moved since it joined

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["grid_id", "position"], name="campaigns_task_feed"),
            models.Index(fields=["campaign_id", "grid_id", "state"], name="campaigns_task_remainder"),
        ]


class Need(models.Model):
    """Something that a household needs, found on the way: a word for it, who sees to it, until when."""

    id = models.UUIDField(primary_key=True)
    household_id = models.UUIDField(db_index=True)
    grid_id = models.UUIDField()
    campaign_id = models.UUIDField(null=True)
    word = models.CharField(max_length=20)
    found_at = models.DateTimeField()
    found_by = models.UUIDField(null=True)
    owner_id = models.UUIDField(null=True)
    due_on = models.DateField()
    settled_at = models.DateTimeField(null=True)
    how = models.CharField(max_length=20, null=True)
    key_name = models.CharField(max_length=80)
    assigned = models.BigIntegerField(default=0)  # the position of the latest word on who sees to it


class Giving(models.Model):
    """Doors of a grid given to somebody in a campaign. Never altered: the latest word stands."""

    id = models.UUIDField(primary_key=True)
    campaign_id = models.UUIDField()
    grid_id = models.UUIDField()
    areas = models.TextField()
    households = models.TextField()
    hands = models.TextField()
    team = models.CharField(max_length=40, null=True)
    since = models.DateTimeField()
    reason = models.TextField()
    given_at = models.DateTimeField()
    given_by = models.UUIDField(null=True)
    position = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["campaign_id", "grid_id"], name="campaigns_giving_grid")]


class CheckPolicy(models.Model):
    """How many of a hundred finished visits of a campaign are looked at again, from a moment on."""

    pk = models.CompositePrimaryKey("campaign_id", "position")
    campaign_id = models.UUIDField()
    position = models.BigIntegerField()
    percent = models.IntegerField()
    since = models.DateTimeField()
    declared_by = models.UUIDField(null=True)


class Checkable(models.Model):
    """A finished visit that may be looked at again. `alike` and `lot` are keyed hashes: nothing can be read in them."""

    entry_id = models.UUIDField(primary_key=True)
    campaign_id = models.UUIDField(db_index=True)
    target_id = models.UUIDField()
    grid_id = models.UUIDField()
    made_by = models.UUIDField()
    device_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    n = models.BigIntegerField(default=0)
    alike = models.CharField(max_length=32, null=True)
    lot = models.BigIntegerField()
    position = models.BigIntegerField()


class Recheck(models.Model):
    """What a second person found of a visit, and what became of that."""

    id = models.UUIDField(primary_key=True)
    campaign_id = models.UUIDField(db_index=True)
    target_id = models.UUIDField()
    grid_id = models.UUIDField()
    visit_id = models.UUIDField()
    found = models.CharField(max_length=20)
    questions = models.TextField()
    at = models.DateTimeField()
    checked_by = models.UUIDField(null=True)
    key_name = models.CharField(max_length=80)
    position = models.BigIntegerField()
    how = models.CharField(max_length=20, null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    reason = models.TextField(null=True)


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


class Moved(models.Model):
    """Every change of `Tally` on a grid, with the position it came by. Only ever added to."""

    pk = models.CompositePrimaryKey("campaign_id", "position", "no")
    campaign_id = models.UUIDField()
    position = models.BigIntegerField()
    no = models.IntegerField()
    day = models.DateField()
    lineage = models.TextField()
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
