"""Tables of access. Accounts, grants, devices and disclosures are read models, folded from entries; passwords, tokens
and codes are secrets, kept as hashes, written by actions and never rebuilt; contacts are worth nothing tomorrow.
"""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password, make_password
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac

from lianfang.ground.access.rules import NEED_TWO, account_name


class Accounts(BaseUserManager["Account"]):
    """How Django finds an account by its login name."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        """However the name was typed."""
        return self.get(name=account_name(username or ""))


class Account(AbstractBaseUser):
    """Somebody who may sign in. What they may do hangs on grants, not on this row; their password stands elsewhere."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=60)
    area_id = models.UUIDField(db_index=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    changed_at_position = models.BigIntegerField()  # of the last entry that must end the sessions from before it
    password = None  # type: ignore[assignment]
    last_login = None

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = Accounts()

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Is it still open?"""
        return self.closed_at is None

    def check_password(self, raw_password: str | None) -> bool:
        """Is that the password? Takes as long for an account without one."""
        row = Password.objects.filter(account_id=self.id).first()
        if row is None:
            self.set_password(raw_password)
            return False
        return check_password(raw_password, row.encoded)

    def set_password(self, raw_password: str | None) -> None:
        """Costs what checking a password costs and keeps nothing: `actions.change_password` changes passwords."""
        make_password(raw_password)

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """A session ends when the password or any role of its account changes."""
        return self.session_hash(Password.objects.filter(account_id=self.id).first(), secret=secret)

    def session_hash(self, password: "Password | None", *, secret: Any = None) -> str:
        """The same for whoever has read the password's row already."""
        stands = f"{password.encoded if password else ''}/{self.changed_at_position}"
        return salted_hmac("access.session", stands, secret=secret, algorithm="sha256").hexdigest()

    def get_session_auth_hash(self) -> str:
        """See above."""
        return self._get_session_auth_hash()


class Password(models.Model):
    """A secret: how a password is checked. Argon2."""

    account_id = models.UUIDField(primary_key=True)
    encoded = models.CharField(max_length=200)
    must_change = models.BooleanField()
    changed_at = models.DateTimeField()


class Grant(models.Model):
    """A role on an area and all below it."""

    id = models.UUIDField(primary_key=True)
    account_id = models.UUIDField(db_index=True)
    role = models.CharField(max_length=30)
    area_id = models.UUIDField(db_index=True)
    purposes = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10)
    proposed_by = models.UUIDField(null=True)
    decided_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="granted", role__in=sorted(NEED_TWO))
                | Q(proposed_by=None, decided_by=None)  # the house itself, when a district begins
                | (Q(proposed_by__isnull=False, decided_by__isnull=False) & ~Q(proposed_by=F("decided_by"))),
                name="access_administrators_are_made_by_two",
            )
        ]


class Device(models.Model):
    """A phone that was enrolled."""

    id = models.UUIDField(primary_key=True)
    account_id = models.UUIDField(db_index=True)
    name = models.CharField(max_length=80)
    enrolled_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=200, null=True)


class Token(models.Model):
    """A secret: the hash of a device's token. It stays after a revocation, so that we know whose it was."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    device_id = models.UUIDField(db_index=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()


class EnrolmentCode(models.Model):
    """A secret: the hash of a code that enrols one device, once."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    account_id = models.UUIDField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class DeviceContact(models.Model):
    """When a device was last heard of, and how far its clock was off."""

    device_id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
    clock_offset_s = models.FloatField(null=True)


class Disclosure(models.Model):
    """A look at people."""

    id = models.UUIDField(primary_key=True)  # of its entry
    position = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    day = models.DateField()
    account_id = models.UUIDField()
    device_id = models.UUIDField(null=True)
    what = models.CharField(max_length=80)
    how = models.CharField(max_length=12)
    purpose = models.CharField(max_length=30)
    permission = models.CharField(max_length=80, null=True)
    area_id = models.UUIDField()
    count = models.IntegerField()
    whole = models.BooleanField()
    reason = models.CharField(max_length=400, null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account_id", "day", "how"], name="access_disclosure_of_a_day"),
            models.Index(fields=["area_id"], condition=Q(whole=True), name="access_disclosure_whole_area"),
        ]


class DisclosedSubject(models.Model):
    """Whom a look was at, as a keyed hash: it answers "who looked at my record" and nothing else."""

    pk = models.CompositePrimaryKey("subject", "disclosure_id")
    subject = models.BinaryField(max_length=32)
    disclosure_id = models.UUIDField()


class ShareSet(models.Model):
    """Recovery shares that were made together. The latest set counts; of the words only what all three have alike."""

    id = models.UUIDField(primary_key=True)
    position = models.BigIntegerField(unique=True)
    made_at = models.DateTimeField()
    mark = models.BigIntegerField()


class Export(models.Model):
    """A long list of people that somebody wants to carry away, and what another said to it."""

    id = models.UUIDField(primary_key=True)
    what = models.CharField(max_length=60)
    area_id = models.UUIDField()
    rows = models.IntegerField()
    reason = models.CharField(max_length=400)
    permission = models.CharField(max_length=60)
    query = models.TextField(default="")
    asked_by = models.UUIDField(db_index=True)
    asked_at = models.DateTimeField(db_index=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(null=True)
    said = models.CharField(max_length=400, default="")


class ShareConfirmation(models.Model):
    """Somebody holds that sheet of a set."""

    id = models.UUIDField(primary_key=True)  # of its entry
    set_id = models.UUIDField(db_index=True)
    member = models.SmallIntegerField()
    account_id = models.UUIDField()
    at = models.DateTimeField()
