"""Tables of territory: all of them read models, written by projections.py only.

`…_version` says what a node was like from a day on, `…_closure` what stood above it: (ancestor, node, depth) from a
day up to but not including another, a node being its own ancestor at depth 0. The first table of each tree holds the
latest version once more, for joins and for Django's read-only admin. Promises the database keeps by itself stand in
migrations/0002.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class _Look(models.Model):
    """What a version of a node holds."""

    parent_id = models.UUIDField(null=True)
    name = models.CharField(max_length=120)
    code = models.CharField(max_length=60, null=True)
    walk = models.IntegerField(null=True)
    estate_kind = models.CharField(max_length=20, null=True)
    gates = models.IntegerField(null=True)
    no_property_company = models.BooleanField(default=False)
    works_in_id = models.UUIDField(null=True)

    class Meta:
        abstract = True


class Area(_Look):
    """An area as it is after the last change known."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=20)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    position = models.BigIntegerField()


class AreaVersion(_Look):
    """An area as it was from a day on."""

    pk = models.CompositePrimaryKey("node_id", "valid_from")
    node_id = models.UUIDField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "territory_area_version"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="territory_area_look_lasts"
            ),
        ]


class AreaClosure(models.Model):
    """What stood above an area, and when."""

    pk = models.CompositePrimaryKey("area_id", "ancestor_id", "valid_from")
    ancestor_id = models.UUIDField()
    area_id = models.UUIDField()
    depth = models.IntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "territory_closure"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="territory_closure_lasts"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["ancestor_id", "depth"], name="territory_closure_below")]


class Organisation(_Look):
    """An organisation as it is after the last change known."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=20)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    position = models.BigIntegerField()


class OrganisationVersion(_Look):
    """An organisation as it was from a day on."""

    pk = models.CompositePrimaryKey("node_id", "valid_from")
    node_id = models.UUIDField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "territory_organisation_version"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="territory_organisation_look_lasts"
            ),
        ]


class OrganisationClosure(models.Model):
    """What stood above an organisation, and when."""

    pk = models.CompositePrimaryKey("organisation_id", "ancestor_id", "valid_from")
    ancestor_id = models.UUIDField()
    organisation_id = models.UUIDField()
    depth = models.IntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "territory_organisation_closure"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="territory_organisation_closure_lasts",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ancestor_id", "depth"], name="territory_organisation_below"),
        ]


class Succession(models.Model):
    """What took the place of a node that ended: a merger has several before and one after, a split the reverse."""

    pk = models.CompositePrimaryKey("before_id", "after_id")
    before_id = models.UUIDField()
    after_id = models.UUIDField()
    since = models.DateField()


class Outline(models.Model):
    """How an area is drawn from a day on, as JSON of a Shape in WGS-84; None: not any more."""

    pk = models.CompositePrimaryKey("area_id", "valid_from")
    area_id = models.UUIDField()
    valid_from = models.DateField()
    shape = models.TextField(null=True)
    datum = models.CharField(max_length=10)
    position = models.BigIntegerField()


class Marker(models.Model):
    """A gate or site on the map."""

    id = models.UUIDField(primary_key=True)
    area_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=120)
    east = models.FloatField()
    north = models.FloatField()
    position = models.BigIntegerField()


class Responsibility(models.Model):
    """Which account answered for a grid, and when. At most one at any instant: see migrations/0002."""

    id = models.UUIDField(primary_key=True)
    grid_id = models.UUIDField(db_index=True)
    account_id = models.UUIDField(db_index=True)
    name = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="territory_responsibility_lasts"
            )
        ]


class Post(models.Model):
    """A post as it is from a day on. Wanted by nobody (0): there is no such post any more."""

    pk = models.CompositePrimaryKey("post_id", "valid_from")
    post_id = models.UUIDField()
    valid_from = models.DateField()
    organisation_id = models.UUIDField(db_index=True)
    area_id = models.UUIDField(db_index=True)
    name = models.CharField(max_length=120)
    wanted = models.IntegerField()
    position = models.BigIntegerField()


class Holding(models.Model):
    """Which account holds a post, and on which days. Of a post with one seat at most one regular and one acting holder
    on any day (`sole`): see migrations/0005.
    """

    id = models.UUIDField(primary_key=True)
    post_id = models.UUIDField(db_index=True)
    account_id = models.UUIDField(db_index=True)
    name = models.CharField(max_length=60)
    standing = models.CharField(max_length=10)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    acting_for = models.UUIDField(null=True)
    sole = models.BooleanField()
    position = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="territory_holding_lasts"
            )
        ]


class Link(models.Model):
    """Who has to do with an area, and on which days: liaison, contacts of buildings, report-ins."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=10)
    area_id = models.UUIDField(db_index=True)
    account_id = models.UUIDField(null=True, db_index=True)
    name = models.CharField(max_length=60)
    organisation_id = models.UUIDField(null=True)
    post_id = models.UUIDField(null=True)
    about = models.CharField(max_length=200)
    consented_on = models.DateField(null=True)
    standing = models.CharField(max_length=10, default="regular")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    position = models.BigIntegerField()
