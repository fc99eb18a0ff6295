"""Tables of the register. All but the staging of imports are folded from entries and written by projections.py alone.

Names, pinyin and doors stand in clear here and nowhere else; identity numbers and telephones as ciphertext, keyed
hash and mask.
"""

from django.db import models


class Dwelling(models.Model):
    """A door. `area_id` is the entrance or building it belongs to, or the grid when nobody has drawn those."""

    id = models.UUIDField(primary_key=True)
    area_id = models.UUIDField()
    grid_id = models.UUIDField()
    door = models.CharField(max_length=160)
    door_key = models.CharField(max_length=160)
    room = models.CharField(max_length=80)
    kind = models.CharField(max_length=10)
    walk = models.BigIntegerField()
    origin = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["grid_id", "door_key"], name="registry_dwelling_door")]


class Household(models.Model):
    """Those who keep house together behind a door. `position` is of its last change: what phones ask for."""

    id = models.UUIDField(primary_key=True)
    dwelling_id = models.UUIDField()
    area_id = models.UUIDField()
    grid_id = models.UUIDField()
    door = models.CharField(max_length=160)
    door_key = models.CharField(max_length=160)
    door_end = models.CharField(max_length=160)  # the key without the estate's name: 锦绣园1-1-302 ends in 1-1-302
    room = models.CharField(max_length=80)
    walk = models.BigIntegerField()
    status = models.CharField(max_length=10, default="present")
    people = models.IntegerField(default=0)  # on the list and not struck
    phones = models.IntegerField(default=0)  # how many of them have a telephone number
    confirmed_on = models.DateField(null=True)  # the last day somebody said anything about it
    versions = models.TextField(default="{}")
    origin = models.UUIDField()  # the record it came in with
    origin_author = models.UUIDField(null=True)
    found = models.BooleanField(default=False)
    said_by = models.UUIDField(null=True)  # who struck it
    said_at = models.DateTimeField(null=True)
    position = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["grid_id", "position"], name="registry_household_feed"),
            models.Index(fields=["grid_id", "walk"], name="registry_household_walk"),
            models.Index(fields=["people", "id", "grid_id"], name="registry_household_people"),
            models.Index(fields=["door_key"], name="registry_household_door"),
            models.Index(fields=["door_end"], name="registry_household_end"),
            models.Index(fields=["room"], name="registry_household_room"),
            models.Index(fields=["dwelling_id"], name="registry_household_dwelling"),
        ]


class Particulars(models.Model):
    """What is kept of a person. `versions` holds those fields that were ever edited; all others stand at 0."""

    id = models.UUIDField(primary_key=True)
    household_id = models.UUIDField()
    grid_id = models.UUIDField()
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=120)
    pinyin = models.CharField(max_length=120)
    initials = models.CharField(max_length=40)
    sex = models.CharField(max_length=8, null=True)
    born_on = models.DateField(null=True)
    relation = models.CharField(max_length=16, null=True)
    document_kind = models.CharField(max_length=20, null=True)
    residence_kind = models.CharField(max_length=16, null=True)
    id_sealed = models.BinaryField(null=True)
    id_hash = models.BinaryField(null=True)
    id_masked = models.CharField(max_length=16, default="")
    id_says = models.CharField(max_length=16, null=True)  # what the number says of its bearer (identity.says)
    phone_sealed = models.BinaryField(null=True)
    phone_hash = models.BinaryField(null=True)
    phone_masked = models.CharField(max_length=16, default="")
    status = models.CharField(max_length=10, default="present")
    said_by = models.UUIDField(null=True)
    said_at = models.DateTimeField(null=True)
    versions = models.TextField(default="{}")
    origin = models.UUIDField()
    origin_author = models.UUIDField(null=True)
    position = models.BigIntegerField()

    class Meta:
        abstract = True


class Resident(Particulars):
    """A person on the list."""

    class Meta:
        indexes = [
            models.Index(fields=["household_id"], name="registry_resident_household"),
            models.Index(fields=["grid_id", "name_key"], name="registry_resident_grid"),
            # Each holds all that a page needs to be counted and found, in the order in which it is shown.
            models.Index(fields=["name_key", "id", "grid_id"], name="registry_resident_name"),
            models.Index(fields=["born_on", "id", "grid_id"], name="registry_resident_born"),
            models.Index(fields=["pinyin", "id", "grid_id"], name="registry_resident_pinyin"),
            models.Index(fields=["initials", "pinyin", "id", "grid_id"], name="registry_resident_initials"),
            models.Index(fields=["id_hash"], name="registry_resident_id"),
            models.Index(fields=["phone_hash"], name="registry_resident_phone"),
        ]


class Aside(Particulars):
    """Somebody who turned out to be somebody else on the list: not counted, not listed, still answering to their id.

    Stands here as long as the merge stands, just as on the list before, and goes back with its undoing.
    """

    class Meta:
        indexes = [
            models.Index(fields=["household_id"], name="registry_aside_household"),
            models.Index(fields=["id_hash"], name="registry_aside_id"),
        ]


class Merge(models.Model):
    """Two entries of one person, made one by somebody, and perhaps two again."""

    id = models.UUIDField(primary_key=True)  # of the record
    kept_id = models.UUIDField()
    other_id = models.UUIDField()
    account = models.UUIDField(null=True)
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, default="")
    position = models.BigIntegerField()
    undone = models.UUIDField(null=True)  # the record that took it back

    class Meta:
        indexes = [
            models.Index(fields=["kept_id"], name="registry_merge_kept"),
            models.Index(fields=["other_id"], name="registry_merge_other"),
        ]


class Apart(models.Model):
    """Two who are not the same, whatever speaks for it: somebody looked, and nobody is asked again."""

    id = models.UUIDField(primary_key=True)  # of the pair, whichever way round
    one_id = models.UUIDField()
    other_id = models.UUIDField()
    position = models.BigIntegerField()


class Suggestion(models.Model):
    """Two who may be the same. Found by a job from what stands on the register, so no projection: it can be found
    again.
    """

    id = models.UUIDField(primary_key=True)  # of the pair, whichever way round
    one_id = models.UUIDField()
    other_id = models.UUIDField()
    grid_id = models.UUIDField()  # of one of them; the other is looked up
    bits = models.FloatField()  # how sure: of the pair, and of nobody in it
    reasons = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["one_id"], name="registry_suggestion_one"),
            models.Index(fields=["other_id"], name="registry_suggestion_other"),
        ]


class Sought(models.Model):
    """How far the register has been searched for people listed twice: all that stood before this position and id."""

    id = models.IntegerField(primary_key=True)
    position = models.BigIntegerField()
    resident_id = models.UUIDField()
    at = models.DateTimeField()


class Edit(models.Model):
    """One field of one resident or household as one hand wrote it.

    Nobody's edit disappears: what is shown is worked out of all.
    """

    id = models.UUIDField(primary_key=True)  # from subject, field and record, so that folding twice is folding once
    subject_id = models.UUIDField()
    household_id = models.UUIDField()
    field = models.CharField(max_length=16)
    base = models.IntegerField()
    value = models.TextField(null=True)  # of a sealed field its mask
    sealed = models.BinaryField(null=True)
    hash = models.BinaryField(null=True)
    settles = models.TextField(default="[]")
    kept = models.UUIDField(null=True)  # of a settlement: the edit that was believed
    saw = models.TextField(default="{}")  # of a strike: the versions the striking hand had seen
    reason = models.TextField(null=True)
    record = models.UUIDField()
    author = models.UUIDField(null=True)
    n = models.BigIntegerField(null=True)  # the author's device counted it so
    account = models.UUIDField(null=True)
    at = models.DateTimeField(null=True)  # None: as it came in first
    position = models.BigIntegerField()
    says = models.CharField(max_length=16, null=True)  # of an identity number: what it says of its bearer
    offered = models.BooleanField(default=False)  # by a file, over another hand's word

    class Meta:
        indexes = [
            models.Index(fields=["subject_id", "field"], name="registry_edit_subject"),
            models.Index(fields=["record"], name="registry_edit_record"),
        ]


class Disagreement(models.Model):
    """A question to a person: two hands wrote different things into one field, and here are their edits."""

    id = models.UUIDField(primary_key=True)  # from subject and field
    kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    household_id = models.UUIDField()
    grid_id = models.UUIDField()
    field = models.CharField(max_length=16)
    edits = models.TextField()
    position = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["grid_id", "position"], name="registry_disagreement_grid")]


class GridCount(models.Model):
    """How many households and residents a grid holds, struck ones too: whole lists are long, and nobody counts them
    again for every page.
    """

    grid_id = models.UUIDField(primary_key=True)
    households = models.IntegerField()
    residents = models.IntegerField()


class Gone(models.Model):
    """A household that is no longer in a grid: phones that have it must drop it."""

    household_id = models.UUIDField(primary_key=True)
    grid_id = models.UUIDField()
    position = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["grid_id", "position"], name="registry_gone_feed")]


class Move(models.Model):
    """A household came to lie in another grid: phones of the grid before drop it, and its past can be asked for."""

    pk = models.CompositePrimaryKey("household_id", "position")
    household_id = models.UUIDField()
    position = models.BigIntegerField()
    grid_id = models.UUIDField()  # where it was until then
    to_id = models.UUIDField()
    at = models.DateTimeField()
    day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["grid_id", "position"], name="registry_move_feed")]


class Redrawn(models.Model):
    """By which lists the doors of a grid were last given to other grids: what comes late is placed by them."""

    grid_id = models.UUIDField(primary_key=True)
    lists = models.TextField()  # [[grid, [DoorSpan]]]
    rest_id = models.UUIDField()
    at = models.DateTimeField()
    position = models.BigIntegerField()


class Roster(models.Model):
    """A published roster, and what became of it."""

    id = models.UUIDField(primary_key=True)  # of the import
    record = models.UUIDField()
    area_id = models.UUIDField()
    rows = models.IntegerField()
    households = models.IntegerField()
    residents = models.IntegerField()
    edits = models.IntegerField()
    position = models.BigIntegerField()
    published_at = models.DateTimeField()
    undone = models.UUIDField(null=True)  # the record that took it back
    kept_households = models.IntegerField(default=0)  # edited since, and so not taken back
    kept_residents = models.IntegerField(default=0)
    office = models.UUIDField(null=True)  # whose list it is, where that was said (see offices.py)
    sender = models.CharField(max_length=40, default="")  # what that office is called
    offered = models.IntegerField(default=0)  # how much it said over another hand's word: fields, not people


class OffersSettled(models.Model):
    """Many of a roster's offers decided by one act, and perhaps opened again by one."""

    id = models.UUIDField(primary_key=True)  # of the record
    import_id = models.UUIDField()
    field = models.CharField(max_length=16, default="")  # of this field only
    take = models.BooleanField()
    fields = models.IntegerField()
    people = models.IntegerField()
    account = models.UUIDField(null=True)
    at = models.DateTimeField()
    reason = models.CharField(max_length=200, default="")
    position = models.BigIntegerField()
    undone = models.UUIDField(null=True)  # the record that opened them again
    kept = models.IntegerField(default=0)  # of them written to since, and so left as decided

    class Meta:
        indexes = [models.Index(fields=["import_id", "position"], name="registry_offerssettled_of")]


class Upkeep(models.Model):
    """From which day on an area keeps its register by which figures, and who said so."""

    id = models.UUIDField(primary_key=True)  # of the record
    area_id = models.UUIDField()
    from_on = models.DateField()
    stale_months = models.IntegerField()
    oldest_years = models.IntegerField()
    issuer = models.CharField(max_length=80)
    position = models.BigIntegerField()


class Expected(models.Model):
    """How many homes an area should have by somebody's count: whose, and of which day."""

    id = models.UUIDField(primary_key=True)  # of the record
    area_id = models.UUIDField()
    homes = models.IntegerField()
    source = models.CharField(max_length=80)
    counted_on = models.DateField()
    position = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["area_id", "counted_on"], name="registry_expected_area")]


class Import(models.Model):
    """A roster on its way in. Staging, not a projection: it is thrown away once published, and never rebuilt."""

    id = models.UUIDField(primary_key=True)
    state = models.CharField(max_length=10)
    file_name = models.CharField(max_length=200)
    path = models.TextField(default="")  # empty once the file is no longer kept by us
    digest = models.BinaryField()
    size = models.BigIntegerField()
    job = models.UUIDField(null=True)
    by = models.UUIDField(null=True)
    roots = models.TextField()  # the areas in which the uploader may load
    header = models.TextField(default="[]")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    last_row = models.IntegerField(default=0)
    rows = models.IntegerField(default=0)
    good = models.IntegerField(default=0)
    bad = models.IntegerField(default=0)
    warned = models.IntegerField(default=0)
    dwellings = models.IntegerField(default=0)
    households = models.IntegerField(default=0)
    residents = models.IntegerField(default=0)
    edits = models.IntegerField(default=0)
    unchanged = models.IntegerField(default=0)
    area_id = models.UUIDField(null=True)  # the smallest area that holds all of it
    problem = models.CharField(max_length=80, default="")
    problem_details = models.TextField(default="{}")
    published = models.UUIDField(null=True)
    layout = models.TextField(default="")  # how a file of their own layout is read; empty: it is the template
    edited = models.IntegerField(default=0)  # people of whom it says something else; `edits` counts fields
    held_by = models.UUIDField(null=True)  # the account that publishes it now, or takes it back
    held_since = models.DateTimeField(null=True)
    about = models.CharField(max_length=20, default="people")  # what its lines are
    added = models.IntegerField(default=0)  # areas, organisations or places
    kept = models.IntegerField(default=0)  # of them not taken back
    sender = models.CharField(max_length=40, default="")  # the office whose list it is
    office = models.UUIDField(null=True)  # the same as a hand: an organisation, or made of the name (see offices.py)
    offered = models.IntegerField(default=0)  # people of whom it says something over another hand's word
    offers = models.IntegerField(default=0)  # in how many fields
    asked = models.IntegerField(default=0)  # people of whom it only says what was offered before

    class Meta:
        indexes = [models.Index(fields=["digest"], name="registry_import_digest")]


class RememberedLayout(models.Model):
    """How an office's files are read, confirmed once. Known again by the header; no word of the file stands here."""

    id = models.UUIDField(primary_key=True)
    fingerprint = models.CharField(max_length=64)  # of the titles
    sender = models.CharField(max_length=40)  # the office that sends such files
    layout = models.TextField()
    by = models.UUIDField(null=True)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fingerprint", "sender"], name="registry_layout_once")]


class ImportChunk(models.Model):
    """Some thousand checked rows of an import, sealed.

    What an import has staged it need not read again after a kill.
    """

    id = models.UUIDField(primary_key=True)
    import_id = models.UUIDField()
    no = models.IntegerField()
    last_row = models.IntegerField()
    rows = models.BinaryField(null=True)  # a sealed RosterChunk; gone once published
    findings = models.TextField()  # Finding structs; they name no person
    shown = models.BinaryField()  # sealed: the user's own rows that have findings, to hand them back

    class Meta:
        constraints = [models.UniqueConstraint(fields=["import_id", "no"], name="registry_import_chunk_once")]


class Place(models.Model):
    """Somewhere people come that is nobody's home. It names no person."""

    id = models.UUIDField(primary_key=True)
    grid_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=120)  # as compared
    door = models.CharField(max_length=120, default="")
    position = models.BigIntegerField()
    gone = models.BooleanField(default=False)
    area_id = models.UUIDField()  # the building or entrance it stands in; where the tree knows none, its grid
    door_key = models.CharField(max_length=120, default="")

    class Meta:
        indexes = [models.Index(fields=["grid_id", "name_key"], name="registry_place_name")]


class PlaceLook(models.Model):
    """How a place was after an entry, and why."""

    pk = models.CompositePrimaryKey("place_id", "position")
    place_id = models.UUIDField()
    position = models.BigIntegerField()
    day = models.DateField()
    why = models.CharField(max_length=12)
    by_id = models.UUIDField(null=True)  # the account; None: the house itself
    grid_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    door = models.CharField(max_length=120, default="")
    gone = models.BooleanField(default=False)


class Stewardship(models.Model):
    """An account that answers for some named households of a grid, on some days."""

    id = models.UUIDField(primary_key=True)
    account_id = models.UUIDField(db_index=True)
    name = models.CharField(max_length=60)
    grid_id = models.UUIDField(db_index=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    position = models.BigIntegerField()


class Stewarded(models.Model):
    """One of those households."""

    pk = models.CompositePrimaryKey("stewardship_id", "household_id")
    stewardship_id = models.UUIDField()
    household_id = models.UUIDField(db_index=True)
