"""The keyring's table, and how far long work has come."""

from django.db import models


class DataKey(models.Model):
    """A data key, wrapped by the master key. Destroyed means the wrapped bytes are gone and the name stays."""

    name = models.CharField(max_length=80, primary_key=True)
    wrapped = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=False, destroyed_at__isnull=True)
                | models.Q(wrapped__isnull=True, destroyed_at__isnull=False),
                name="plumbing_datakey_destroyed_means_gone",
            )
        ]


class Outdated(models.Model):
    """A line to other processes: what this commit has changed of what they keep in memory (copies.py)."""

    no = models.BigIntegerField(primary_key=True)
    what = models.TextField()


class Job(models.Model):
    """How far a task has come, for whoever waits for it. Lives in the plumbing database, beside the queue itself."""

    WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"

    id = models.UUIDField(primary_key=True)
    task = models.CharField(max_length=200)
    by = models.UUIDField(null=True)  # the account that asked for it; none: the house itself
    state = models.CharField(max_length=10, default=WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    words = models.CharField(max_length=120, default="")  # a code of the locale files
    details = models.TextField(default="{}")
    problem = models.CharField(max_length=120, default="")
    problem_details = models.TextField(default="{}")
    result = models.TextField(default="null")
    attempts = models.IntegerField(default=0)
    enqueued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["task", "-enqueued_at"], name="plumbing_job_latest")]
