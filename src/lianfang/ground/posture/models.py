"""Read models of posture. Written by projections only."""

from django.db import models


class Incident(models.Model):
    """An incident with the pack it was opened under (JSON)."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=200)
    area_id = models.UUIDField(db_index=True)
    basis = models.CharField(max_length=200)
    issuer = models.CharField(max_length=200)
    pack = models.TextField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    drill = models.BooleanField()
    opened_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    forgotten_at = models.DateTimeField(null=True)
    end_written = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="posture_incident_ends_after_it_starts"
            )
        ]


class Renewal(models.Model):
    """A proposal to let an incident last longer, and who agreed to it."""

    id = models.UUIDField(primary_key=True)
    incident_id = models.UUIDField(db_index=True)
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=1000)
    proposed_by = models.UUIDField(null=True)
    proposed_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    shown = models.TextField(default="[]")  # the lines of the difference as the first of the two saw it

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("proposed_by")),
                name="posture_renewal_by_two_people",
            )
        ]


class Opening(models.Model):
    """A proposal to open an incident, and who agreed to it."""

    id = models.UUIDField(primary_key=True)
    area_id = models.UUIDField(db_index=True)
    wanted = models.TextField()
    reason = models.CharField(max_length=1000)
    shown = models.TextField()
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()
    incident_id = models.UUIDField(null=True, db_index=True)
    confirmed_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("proposed_by")),
                name="posture_opening_by_two_people",
            )
        ]


class Closing(models.Model):
    """A proposal to end an incident before its time, and who agreed to it."""

    id = models.UUIDField(primary_key=True)
    incident_id = models.UUIDField(db_index=True)
    reason = models.CharField(max_length=1000)
    shown = models.TextField()
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("proposed_by")),
                name="posture_closing_by_two_people",
            )
        ]


class Forgetting(models.Model):
    """A proposal to forget an incident, and who agreed to it."""

    id = models.UUIDField(primary_key=True)
    incident_id = models.UUIDField(db_index=True)
    reason = models.CharField(max_length=1000)
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    entry_id = models.UUIDField(null=True)  # the entry of the forgetting, with its counts

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("proposed_by")),
                name="posture_forgetting_by_two_people",
            )
        ]


class Policy(models.Model):
    """A decision table in the version that was issued."""

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=200)
    version = models.IntegerField()
    title = models.TextField()
    issuer = models.CharField(max_length=200)
    basis = models.CharField(max_length=200)
    area_id = models.UUIDField(db_index=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    incident_id = models.UUIDField(null=True)
    decisions = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area_id", "code", "version"], name="posture_policy_version_once"),
        ]
