"""Tables of the ledger. Entries, batches and attachments are only ever added to; the writer uses SQL, not these
classes.
"""

from django.db import models


class Entry(models.Model):
    """One thing that happened. `facts` name nobody; `sealed` is the body as sent, under `key`."""

    position = models.BigIntegerField(primary_key=True)
    record_id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=120)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    day = models.DateField()
    n = models.BigIntegerField(null=True)
    actor = models.UUIDField(null=True)
    device = models.UUIDField(null=True)
    area_id = models.UUIDField()
    key = models.CharField(max_length=80)
    flags = models.TextField(default="")
    cell = models.SmallIntegerField(default=0)
    cause = models.UUIDField(null=True)
    facts = models.TextField()
    subject = models.BinaryField(null=True)
    sealed = models.BinaryField()
    content = models.BinaryField()
    attachments = models.IntegerField(default=0)
    digest = models.BinaryField()


class Attachment(models.Model):
    """A sealed piece kept with an entry that is too large for one body (a roster's rows)."""

    id = models.BigAutoField(primary_key=True)
    record_id = models.UUIDField()
    no = models.IntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record_id", "no"], name="ledger_attachment_once")]


class Batch(models.Model):
    """One commit: the entries from `first` to `last`, chained to the commit before it."""

    last = models.BigIntegerField(primary_key=True)
    first = models.BigIntegerField()
    committed_at = models.DateTimeField()
    digest = models.BinaryField()


class HeldRecord(models.Model):
    """A record that is kept but not yet counted, with what it waits for. Worked off by rule or by a person."""

    id = models.UUIDField(primary_key=True)
    record_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=120)
    why = models.CharField(max_length=60)
    waits_for = models.UUIDField(null=True)
    area_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
    account = models.UUIDField(null=True)
    device = models.UUIDField(null=True)
    sealed = models.BinaryField()
    content = models.BinaryField()
    settled_at = models.DateTimeField(null=True)
    settled_how = models.CharField(max_length=20, default="")

    class Meta:
        indexes = [
            models.Index(fields=["waits_for"], condition=models.Q(settled_at=None), name="ledger_held_waiting"),
            models.Index(fields=["received_at"], condition=models.Q(settled_at=None), name="ledger_held_open"),
        ]


class Refused(models.Model):
    """The raw bytes of what could not be read, sealed, so that nothing that reached us is thrown away silently."""

    id = models.UUIDField(primary_key=True)
    received_at = models.DateTimeField()
    device = models.UUIDField(null=True)
    code = models.CharField(max_length=60)
    sealed = models.BinaryField()


class DeviceTally(models.Model):
    """What we have from a device, compared with its own count at every sync."""

    device = models.UUIDField(primary_key=True)
    stored = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    highest_n = models.BigIntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    clock_odd = models.BigIntegerField(default=0)


class Cursor(models.Model):
    """How far a journey has come."""

    name = models.CharField(max_length=120, primary_key=True)
    position = models.BigIntegerField(default=0)
