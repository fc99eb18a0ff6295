"""Whatever is sent: a clear sentence in Chinese and in English, the rest of it stored, nothing half-done, never a 500.

From phones come batches, to the raw endpoints; from desks come JSON and files. What only shows in transport (a body of
300 MB, a connection that breaks) is in test_bad_transport.py; values out of all bounds in test_strange_values.py.
"""

import gzip
import itertools
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import pytest
from django.test import Client

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger.models import Entry, HeldRecord, Refused
from lianfang.foundation.plumbing import clock, tables
from lianfang.foundation.plumbing.tests.test_sealing import sealed_on_a_phone
from lianfang.ground.access import actions as access
from lianfang.ground.access.tests.staff import hire
from lianfang.ground.campaigns.models import Task
from lianfang.ground.campaigns.tests import village
from lianfang.ground.forms.models import Form
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.registry import jobs
from lianfang.ground.registry.actions import uploads_folder
from lianfang.ground.registry.models import Household, Import, ImportChunk, Resident
from lianfang.ground.registry.tests.files import HEADER, a_number, row
from lianfang.ground.territory.models import Area
from lianfang.ground.territory.tests.town import NOW, id_of
from lianfang.screens.field.tests.phone import Said, ask
from tests.contract import strange_files as strange
from tests.contract.sentences import assert_clear

# --- batches from phones ----------------------------------------------------------------------------------------------


@pytest.fixture
def street(transactional_db: None) -> Iterator[None]:
    """A street whose rows are really committed, and a running writer."""
    from lianfang.foundation.ledger import actions as ledger
    from lianfang.foundation.plumbing import copies
    from lianfang.foundation.plumbing.sealing import keyring
    from lianfang.ground.access import contacts
    from lianfang.ground.territory.tests import town

    copies.forget_all()
    keyring.forget_opened()
    town.load()
    ledger.writer.start()
    with clock.stopped_at(NOW + timedelta(hours=3)):
        yield
    ledger.writer.stop()
    contacts.forget()
    copies.forget_all()
    keyring.forget_opened()


class Phone:
    """A grid worker's phone, with a campaign to work through."""

    def __init__(self, *, homes: int = 3) -> None:
        worker = hire("grid-01", Role.GRID_WORKER, area="G1")
        code = access.issue_enrolment(account=worker, by=THE_HOUSE, at=clock.now()).code
        answer = ask("POST", "/api/v1/tokens", body={"enrolment_code": code, "device_name": "红米"})
        self.token = answer.json()["token"]
        self.homes = [village.a_household("G1") for _ in range(homes)]
        self.campaign = village.a_campaign()
        self.before = Entry.objects.count()

    def visits(self, **changes: Any) -> list[dict[str, Any]]:
        """One visit at each home."""
        return [village.a_visit(self.campaign, home, minutes=60) | changes for home in self.homes]

    def send(self, body: Any, **headers: str) -> Said:
        """A batch, as bytes or as records."""
        if isinstance(body, list):
            body = {"records": body}
        return ask("POST", "/api/v1/records", body=body, token=self.token, headers=headers)

    def fates(self, *records: Any) -> list[str]:
        """What becomes of records sent together; each with a sentence unless it was simply stored."""
        raw = (
            b'{"records":[' + b",".join(r if isinstance(r, bytes) else msgspec.json.encode(r) for r in records) + b"]}"
        )
        chinese = self.send(raw).json()["receipts"]
        for receipt in chinese:
            if receipt["code"] and receipt["fate"] == "held":
                english = self.send(raw, **{"accept-language": "en"}).json()["receipts"]
                assert_clear(receipt["message"], english[chinese.index(receipt)]["message"])
            elif receipt["code"]:
                assert_clear(receipt["message"])
        return [receipt["fate"] for receipt in chinese]

    @property
    def new_entries(self) -> int:
        """What the ledger has since this phone was handed out."""
        return Entry.objects.count() - self.before

    @property
    def done(self) -> int:
        """Households counted as done."""
        return Task.objects.filter(state="done").count()


@pytest.fixture
def phone(street: None) -> Phone:
    return Phone()


def assert_refused_whole(phone: Phone, body: Any, status: int, code: str, **headers: str) -> None:
    """The batch is turned away with a sentence, and not one record of it is anywhere."""
    chinese, english = phone.send(body, **headers), phone.send(body, **{"accept-language": "en"} | headers)
    assert (chinese.status, chinese.json()["code"]) == (english.status, english.json()["code"]) == (status, code)
    assert_clear(chinese.json()["message"], english.json()["message"])
    assert (phone.new_entries, HeldRecord.objects.count(), Refused.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("kept", [0, 1, 40, 200, -1])
def test_a_truncated_batch_is_said_and_can_be_sent_again(phone: Phone, kept: int) -> None:
    visits = phone.visits()
    whole = msgspec.json.encode({"records": visits})
    assert_refused_whole(phone, whole[:kept], 400, "ledger.batch_unreadable")
    assert phone.fates(*visits) == ["stored"] * 3 and phone.done == 3


def test_a_duplicated_batch_counts_once(phone: Phone) -> None:
    visits = phone.visits()
    assert phone.fates(*visits, *visits) == ["stored"] * 3 + ["already_held"] * 3
    assert phone.fates(*visits) == ["already_held"] * 3
    assert (phone.new_entries, phone.done) == (3, 3)


def test_a_shuffled_batch_comes_to_the_same_whatever_the_order(phone: Phone) -> None:
    home, newborn = new_id(), new_id()
    found = village.a_record("registry.household_found.v1", village.found(home))
    child = {"household": home, "parent": found["id"], "change": "added", "resident": newborn, "person": {"name": "小"}}
    added = village.a_record("registry.household_changed.v1", child)
    visit = village.a_visit(phone.campaign, home)
    for order in itertools.permutations([found, added, visit]):
        fates = phone.fates(*order)
        assert set(fates) <= {"stored", "already_held"}, order
    assert (phone.new_entries, Resident.objects.filter(id=newborn).count(), phone.done) == (3, 1, 1)


def test_shuffled_over_many_batches_what_is_early_waits_and_is_counted_when_it_can_be(phone: Phone) -> None:
    home = new_id()
    found = village.a_record("registry.household_found.v1", village.found(home))
    visit = village.a_visit(phone.campaign, home)
    assert phone.fates(visit) == ["held"]
    assert phone.done == 0
    assert phone.fates(found) == ["stored"]
    assert (phone.done, HeldRecord.objects.filter(settled_at=None).count()) == (1, 0)


class TestForged:
    """What somebody makes up changes no count, and nothing of it gets lost either."""

    def test_a_token_that_was_never_given_opens_nothing(self, phone: Phone) -> None:
        real, phone.token = phone.token, "made-up-" + "x" * 40
        assert_refused_whole(phone, phone.visits(), 401, "access.token_unknown")
        phone.token = real

    def test_a_visit_to_somebody_else_s_grid_waits_for_a_person(self, phone: Phone) -> None:
        elsewhere = village.a_household("G3")
        assert phone.fates(village.a_visit(phone.campaign, elsewhere), *phone.visits()) == ["held"] + ["stored"] * 3
        assert HeldRecord.objects.get().why == "ledger.out_of_scope" and phone.done == 3

    def test_a_household_or_campaign_that_does_not_exist_waits(self, phone: Phone) -> None:
        visits = phone.visits()
        visits[0]["body"]["task"]["target"] = visits[1]["body"]["task"]["campaign"] = str(new_id())
        assert phone.fates(*visits) == ["held", "held", "stored"]
        assert phone.done == 1

    @pytest.mark.parametrize("kind", ["access.role_granted.v1", "registry.roster_undone.v1", "ledger.held_settled.v1"])
    def test_what_only_a_desk_may_do_is_refused(self, phone: Phone, kind: str) -> None:
        assert phone.fates(*phone.visits(), village.a_record(kind, {"account": str(new_id())})) == [
            *["stored"] * 3,
            "refused",
        ]

    def test_a_sealed_record_that_was_altered_is_refused(self, phone: Phone) -> None:
        record = phone.visits()[0]
        key = ask("GET", "/api/v1/server-key").json()["public_key"]
        sealed = bytearray(sealed_on_a_phone(key, UUID(record["id"]), msgspec.json.encode(record)))
        sealed[-1] ^= 1
        assert phone.fates({"id": record["id"], "sealed": b64encode(sealed).decode()}, record) == ["refused", "stored"]

    def test_a_sealed_record_under_another_id_is_refused(self, phone: Phone) -> None:
        record, other = phone.visits()[:2]
        key = ask("GET", "/api/v1/server-key").json()["public_key"]
        sealed = sealed_on_a_phone(key, UUID(other["id"]), msgspec.json.encode(record))
        assert phone.fates({"id": other["id"], "sealed": b64encode(sealed).decode()}, record) == ["refused", "stored"]


@pytest.mark.parametrize(
    "at", [(NOW - timedelta(days=3653)).isoformat(), (NOW + timedelta(days=3653)).isoformat(),
           "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z"],
)  # fmt: skip
def test_a_clock_ten_years_off_or_more_counts_on_the_day_it_was_received(phone: Phone, at: str) -> None:
    assert phone.fates(*phone.visits(at=at)) == ["stored"] * 3
    assert phone.done == 3
    assert set(Task.objects.filter(state="done").values_list("counted_on", flat=True)) == {NOW.date()}
    assert all(
        "clock_odd" in flags for flags in Entry.objects.order_by("-position").values_list("flags", flat=True)[:3]
    )


def test_a_body_changed_under_an_old_id_waits_beside_the_one_that_stands(phone: Phone) -> None:
    visit, *others = phone.visits()
    assert phone.fates(visit) == ["stored"]
    changed = visit | {"body": visit["body"] | {"people": 9}}
    assert phone.fates(changed, *others) == ["held", "stored", "stored"]
    assert HeldRecord.objects.get().why == "ledger.same_id_other_content"
    assert Task.objects.get(target_id=phone.homes[0]).people == 3
    assert phone.fates(changed, changed) == ["held", "held"] and HeldRecord.objects.count() == 1


def test_five_thousand_records_at_once_are_too_many_and_are_taken_in_parts(phone: Phone) -> None:
    records = [village.a_visit(phone.campaign, phone.homes[0], minutes=n % 100) for n in range(5000)]
    assert_refused_whole(phone, records, 413, "ledger.batch_too_large")
    for start in range(0, 5000, 1000):
        assert phone.send(records[start : start + 1000]).status == 200
    assert (phone.new_entries, phone.done) == (5000, 1)


def test_more_than_eight_mebibytes_are_refused_whatever_the_header_says(phone: Phone) -> None:
    much = b'{"records":[' + b" " * (8 << 20) + b"]}"
    assert_refused_whole(phone, much, 413, "ledger.batch_too_large")
    assert_refused_whole(phone, much, 413, "ledger.batch_too_large", **{"content-length": "2"})


def test_a_compressed_batch_is_not_opened_and_that_is_said(phone: Phone) -> None:
    packed = gzip.compress(msgspec.json.encode({"records": phone.visits()}))
    assert_refused_whole(phone, packed, 415, "wire.compressed", **{"content-encoding": "gzip"})
    assert_refused_whole(phone, packed, 400, "ledger.batch_unreadable")


def test_a_batch_is_json_whatever_its_label_says(phone: Phone) -> None:
    answer = phone.send(phone.visits(), **{"content-type": "text/plain"})
    assert [r["fate"] for r in answer.json()["receipts"]] == ["stored"] * 3


RECORD = (
    b'{"id":"018d0000-0000-7000-8000-00000000000a","kind":"registry.household_changed.v1","at":"2021-12-10T08:00:00Z"'
)
NASTY_RECORDS = {
    "NaN": RECORD + b',"n":NaN,"body":{}}',
    "infinity": RECORD + b',"n":1e999,"body":{}}',
    "a number of 5,000 digits": RECORD + b',"n":' + b"9" * 5000 + b',"body":{}}',
    "a number of 5,000 digits inside": RECORD + b',"body":{"base_version":' + b"9" * 5000 + b"}}",
    "a lone surrogate": RECORD + b',"body":{"household":"\\ud800"}}',
    "a NUL": RECORD + b',"body":{"household":"\\u0000"}}',
    "bytes that are no text": RECORD + b',"body":{"household":"\xff\xfe"}}',
    "no body": RECORD + b"}",
    "another's shape": RECORD + b',"body":[]}',
    "nothing": b"null",
    "a word": b'"visit"',
    "the year 10,000": RECORD.replace(b"2021-12-10T08:00:00Z", b"9999-12-31T23:59:59-12:00") + b',"body":{}}',
    "the year before the first": RECORD.replace(b"2021-12-10T08:00:00Z", b"0001-01-01T00:00:00+14:00") + b',"body":{}}',
    "deep nesting": RECORD + b',"body":' + b'{"a":' * 500 + b"1" + b"}" * 500 + b"}",
    "deeper nesting": RECORD + b',"body":' + b"[" * 900 + b"]" * 900 + b"}",
}


@pytest.mark.parametrize("nasty", NASTY_RECORDS.values(), ids=NASTY_RECORDS.keys())
def test_one_bad_record_is_refused_and_its_batch_is_stored(phone: Phone, nasty: bytes) -> None:
    first, second, third = phone.visits()
    assert phone.fates(first, nasty, second, third) == ["stored", "refused", "stored", "stored"]
    assert (phone.done, Refused.objects.count()) == (3, 1)


def test_a_refused_record_is_named_by_its_id_so_that_the_phone_can_show_it(phone: Phone) -> None:
    for nasty in (NASTY_RECORDS["a lone surrogate"], NASTY_RECORDS["NaN"], NASTY_RECORDS["a number of 5,000 digits"]):
        receipts = phone.send(b'{"records":[' + nasty + b"]}").json()["receipts"]
        assert [r["id"] for r in receipts] == ["018d0000-0000-7000-8000-00000000000a"]


def test_of_a_key_written_twice_the_last_one_stands_as_for_every_reader_of_json(phone: Phone) -> None:
    first = msgspec.json.encode(phone.visits()[0])
    twice = b'{"id":"018d0000-0000-7000-8000-00000000000b",' + first[1:]
    assert phone.fates(twice) == ["stored"] and phone.fates(first) == ["already_held"]


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"records":' + b"[" * 200_000,
        b'{"records":[' + b'{"a":' * 100_000,
        b"NaN",
        b"9" * 9000,
        b'{"records":[1,NaN}',
        b'{"records":[NaN]',
    ],
)
def test_a_batch_that_is_nested_without_end_or_is_no_batch_is_said(phone: Phone, body: bytes) -> None:
    assert_refused_whole(phone, body, 400, "ledger.batch_unreadable")


@pytest.mark.parametrize("body", [b"[" * 5000, b'{"device_name":"\\u0000"}', b'{"device_name":1e999}', b"", b"\xff"])
def test_a_phone_that_joins_with_nonsense_is_told_so(street: None, body: bytes) -> None:
    said = [
        ask("POST", "/api/v1/tokens", body=body, headers={"accept-language": language}).json()
        for language in ("zh", "en")
    ]
    assert {answer["code"] for answer in said} == {"wire.unreadable"}
    assert_clear(*(answer["message"] for answer in said))


# --- JSON from desks --------------------------------------------------------------------------------------------------


@pytest.fixture
def town(db: None) -> Iterator[None]:
    """A small town and an empty register."""
    from lianfang.foundation.plumbing.sealing import keyring
    from lianfang.ground.access import contacts
    from lianfang.ground.territory.tests import town

    keyring.forget_opened()
    town.load()
    with clock.stopped_at(NOW):
        yield
    contacts.forget()
    keyring.forget_opened()


class Desk:
    """Somebody at a desk who may load rosters, areas and forms."""

    def __init__(self) -> None:
        clerk = Clerk("desk", Role.SUBDISTRICT_OFFICER, Role.DATA_OFFICER)
        self._client = Client(raise_request_exception=False, headers=clerk._headers({}))

    def ask(self, method: str, path: str, body: bytes = b"", type: str = "application/json", **headers: str) -> Any:
        """One request."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.generic(method, f"/api/v1/{path}", body, type, headers=named)

    def refused(self, method: str, path: str, body: bytes, type: str = "application/json", **headers: str) -> Any:
        """The same, turned away in both languages; answers status and code."""
        chinese = self.ask(method, path, body, type, **headers)
        english = self.ask(method, path, body, type, **{"Accept_Language": "en"} | headers)
        assert chinese.status_code == english.status_code and 400 <= chinese.status_code < 500
        assert_clear(chinese.json()["message"], english.json()["message"])
        return chinese.status_code, chinese.json()["code"]

    def upload(self, path: str, file: Path, language: str = "zh", **fields: str) -> Any:
        """A file in a form."""
        with file.open("rb") as content:
            answer = self._client.post(
                f"/api/v1/{path}", {**fields, "file": content}, headers={"Accept-Language": language}
            )
        return answer

    def read(self, import_id: str, language: str = "zh") -> dict[str, Any]:
        """How a roster stands."""
        answer = self._client.get(f"/api/v1/imports/{import_id}", headers={"Accept-Language": language})
        return dict(answer.json())

    def roster(self, file: Path) -> "Roster":
        """Upload a roster and have it read."""
        answer = self.upload("imports", file)
        assert answer.status_code == 201, answer.content
        begun = answer.json()
        jobs.read_roster.call(job=begun["job"], import_id=begun["id"])
        return Roster(begun["id"], self.read(begun["id"]), self.read(begun["id"], "en"))

    def publish(self, import_id: str) -> None:
        """Make it the register."""
        jobs.publish_later(import_id=UUID(import_id), by=THE_HOUSE, at=NOW)
        from lianfang.ground.registry import actions

        actions.publish_import(import_id=UUID(import_id), by=THE_HOUSE, at=NOW)

    def rows_given_back(self, import_id: str, tmp_path: Path) -> list[tables.SheetRow]:
        """The workbook with a column of reasons."""
        answer = self._client.get(f"/api/v1/imports/{import_id}/errors.xlsx")
        (tmp_path / "errors.xlsx").write_bytes(BytesIO(b"".join(answer)).getvalue())
        return list(tables.read_sheet(tmp_path / "errors.xlsx"))


class Roster(NamedTuple):
    """A roster that was read, as it is told of in both languages."""

    id: str
    chinese: dict[str, Any]
    english: dict[str, Any]

    @property
    def said(self) -> list[tuple[int, str, str]]:
        """Row, column and code of each finding."""
        for chinese, english in zip(self.chinese["findings"], self.english["findings"], strict=True):
            assert_clear(chinese["message"], english["message"], row=chinese["row"], column=chinese["column"])
        return [(f["row"], f["column"], f["code"]) for f in self.chinese["findings"]]

    @property
    def problem(self) -> str:
        """Why the file as a whole cannot be used."""
        assert self.chinese["state"] == "failed"
        chinese, english = self.chinese["problem"], self.english["problem"]
        assert_clear(chinese["message"], english["message"], row=chinese["row"] or None)
        return str(chinese["code"])


@pytest.fixture
def desk(town: None, settings: Any, tmp_path: Path) -> Desk:
    """With a folder for uploads that nobody else has written to."""
    settings.LIANFANG_DATA = tmp_path / "data"
    return Desk()


needs_both = pytest.mark.django_db(databases=["default", "plumbing"])
NASTY_BODIES = {
    "NaN": b'{"name":NaN}',
    "infinity": b'{"name":1e999}',
    "a number of 5,000 digits": b'{"name":' + b"9" * 5000 + b"}",
    "deep nesting": b"[" * 100_000,
    "a lone surrogate": b'{"name":"\\ud800"}',
    "a NUL": b'{"name":"a\\u0000b"}',
    "nothing": b"",
    "half of it": b'{"name":"',
    "null": b"null",
    "a list": b"[]",
    "no text": b'{"name":"\xff"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"name":"a"}'.encode("utf-16"),
    "a wrong type": b'{"name":{"a":1}}',
    "an id that is none": b'{"name":"a","area":"here"}',
}


@needs_both
@pytest.mark.parametrize("body", NASTY_BODIES.values(), ids=NASTY_BODIES.keys())
@pytest.mark.parametrize("path", ["campaigns", "incidents", "areas", "forms", "session"])
def test_a_desk_s_json_that_cannot_be_read_is_said(desk: Desk, path: str, body: bytes) -> None:
    before = Entry.objects.count()
    assert desk.refused("POST", path, body) == (400, "wire.unreadable")
    assert Entry.objects.count() == before


@needs_both
def test_of_a_key_written_twice_at_a_desk_the_last_one_stands(desk: Desk) -> None:
    body = f'{{"name":"甲","name":"乙网格","kind":"grid","parent":"{id_of("C1")}"}}'.encode()
    assert desk.ask("POST", "areas", body).json()["name"] == "乙网格"


@needs_both
@pytest.mark.parametrize("label", ["text/plain", "application/xml", "", "nonsense", "multipart/form-data"])
def test_a_wrong_content_type_is_named_beside_the_right_one(desk: Desk, label: str) -> None:
    assert desk.refused("POST", "campaigns", b'{"name":"a"}', label) == (400, "wire.unreadable")


@needs_both
def test_what_is_compressed_too_large_or_without_a_length_is_turned_away_by_its_headers(desk: Desk) -> None:
    packed = gzip.compress(b'{"name":"a"}')
    assert desk.refused("POST", "campaigns", packed, Content_Encoding="gzip") == (415, "wire.compressed")
    assert desk.refused("POST", "campaigns", b" " * (9 << 20)) == (413, "wire.too_large")
    assert desk.refused("POST", "campaigns", b"{}", Transfer_Encoding="chunked") == (411, "wire.length_missing")
    assert desk.refused("POST", "campaigns", b"{}", Host="elsewhere.test") == (400, "wire.host_unknown")


@needs_both
@pytest.mark.parametrize("path", ["residents?q=%00", "households?q=a%00b", "areas?q=%00", "campaigns?q=%00"])
def test_a_nul_in_a_search_is_said(desk: Desk, path: str) -> None:
    assert desk.refused("GET", path, b"") == (400, "wire.unreadable")


# --- files from desks -------------------------------------------------------------------------------------------------

ROWS = [HEADER, row("张三"), row("李四", ("1幢", "1单元", "102"))]
Made = Callable[[Path], Path]
UNREADABLE: dict[str, tuple[str, Made]] = {
    "a truncated workbook": ("tables.cut_short", lambda path: strange.cut_in_half(path, ROWS)),
    "a photo": ("tables.not_text", strange.photo),
    "a workbook with a password": ("tables.locked", lambda path: strange.with_a_password(path, ROWS)),
    "an empty sheet": ("tables.empty", lambda path: strange.xlsx(path, [])),
    "an empty file": ("tables.empty", lambda path: strange.holding(path, b"")),
    "a web page called .xls": ("tables.web_page", lambda path: strange.web_page(path, ROWS)),
    "a document": ("tables.not_a_workbook", strange.document),
    "a zip bomb": ("tables.unpacks_too_far", lambda path: strange.bomb(path, ROWS, megabytes=1100)),
    "words of words of words": ("tables.not_a_workbook", lambda path: strange.entity_bomb(path, ROWS)),
    "one cell in the far corner": ("tables.too_large_to_read", lambda path: strange.far_corner(path, ROWS)),
    "a hundred and twenty columns": ("tables.too_wide", lambda path: strange.xlsx(path, [["x"] * 120])),
    "1,048,577 rows": (
        "tables.too_many_rows",
        lambda path: strange.too_long_csv(path, HEADER, ROWS[1], rows=1_048_577),
    ),
    "a quotation mark that never closes": (
        "tables.csv_broken",
        lambda path: strange.holding(path, (",".join(HEADER) + '\n"明镜社区,第1网格\n').encode()),
    ),
}


def nothing_half_done() -> None:
    """No row of a file that was turned away lies anywhere, and no copy of the file either."""
    assert not ImportChunk.objects.exists() and not Resident.objects.exists() and not Household.objects.exists()
    assert not Form.objects.exists()
    assert list(uploads_folder().iterdir()) == []


TAKES_LONG_TO_MAKE = {"a zip bomb", "1,048,577 rows"}  # it is the same reader everywhere: once is enough


def each_unreadable(*, but: frozenset[str] = frozenset()) -> pytest.MarkDecorator:
    """A file that cannot be used, and the code that says why."""
    chosen = {name: made for name, made in UNREADABLE.items() if name not in but}
    return pytest.mark.parametrize(("code", "made"), chosen.values(), ids=chosen.keys())


@needs_both
@each_unreadable()
def test_a_roster_file_that_cannot_be_used_says_why(desk: Desk, tmp_path: Path, code: str, made: Made) -> None:
    file = made(tmp_path / "名册.xlsx")
    before = Entry.objects.count()
    assert desk.roster(file).problem == code
    assert Entry.objects.count() == before
    nothing_half_done()


@needs_both
@each_unreadable(but=frozenset(TAKES_LONG_TO_MAKE))
def test_an_area_or_form_file_that_cannot_be_used_says_why(desk: Desk, tmp_path: Path, code: str, made: Made) -> None:
    file = made(tmp_path / "名册.xlsx")
    entries, areas = Entry.objects.count(), Area.objects.count()
    fields = {"area": str(id_of("S")), "code": "x", "title_zh": "表", "title_en": "form"}
    for path, more in (("areas/workbook", {}), ("forms/workbook", fields)):
        chinese, english = (desk.upload(path, file, language, **more) for language in ("zh", "en"))
        assert (chinese.status_code, chinese.json()["code"]) == (422, code)
        assert_clear(chinese.json()["message"], english.json()["message"])
    assert (Entry.objects.count(), Area.objects.count()) == (entries, areas)
    nothing_half_done()


@needs_both
def test_a_form_s_workbook_larger_than_any_form_is_said(desk: Desk, tmp_path: Path) -> None:
    fields = {"area": str(id_of("S")), "code": "x", "title_zh": "表", "title_en": "form"}
    file = strange.holding(tmp_path / "a.xlsx", b"PK" + b" " * (3 << 20))
    chinese, english = (desk.upload("forms/workbook", file, language, **fields) for language in ("zh", "en"))
    assert (chinese.status_code, chinese.json()["code"]) == (413, "tables.too_large")
    assert_clear(chinese.json()["message"], english.json()["message"])


@needs_both
def test_a_form_without_its_file_or_with_two_of_them_is_said(desk: Desk, tmp_path: Path) -> None:
    file = strange.xlsx(tmp_path / "a.xlsx", ROWS).read_bytes()
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n' + file + b"\r\n"
    label = "multipart/form-data; boundary=x"
    for path in ("imports", "areas/workbook"):
        assert desk.refused("POST", path, b"--x--\r\n", label) == (400, "wire.unreadable")
        assert desk.refused("POST", path, b"no form at all", label) == (400, "wire.unreadable")
        assert desk.refused("POST", path, b"{}") == (400, "wire.unreadable")
        assert desk.refused("POST", path, b"", "multipart/form-data") == (400, "wire.unreadable")
        assert desk.refused("POST", path, part + part + b"--x--\r\n", label) == (422, "tables.one_at_a_time")
    assert not Import.objects.exists()
    nothing_half_done()


@needs_both
def test_a_header_in_two_rows_is_refused_with_both_rows_named(desk: Desk, tmp_path: Path) -> None:
    first = [title if n < 4 else None for n, title in enumerate(HEADER)]
    second = [title if n >= 4 else None for n, title in enumerate(HEADER)]
    roster = desk.roster(strange.xlsx(tmp_path / "a.xlsx", [["人口表"], first, second, ROWS[1]]))
    assert roster.problem == "tables.header_in_two_rows"
    assert "第 2 行和第 3 行" in roster.chinese["problem"]["message"]
    nothing_half_done()


READABLE: dict[str, Made] = {
    "an .xls of before 2007": lambda path: strange.xls(path, ROWS),
    "csv in GBK": lambda path: strange.csv(path, ROWS, encoding="gbk"),
    "csv with a byte order mark and semicolons": lambda path: strange.csv(
        path, ROWS, encoding="utf-8-sig", delimiter=";"
    ),
    "Unicode text with tabs": lambda path: strange.csv(path, ROWS, encoding="utf-16", delimiter="\t"),
    "a sheet behind a hidden one": lambda path: strange.behind_a_hidden_sheet(path, ROWS),
    "a title above, empty rows between": lambda path: strange.xlsx(
        path, [["2021 年人口表"], [], ROWS[0], [], *ROWS[1:]]
    ),
    "the header once more": lambda path: strange.xlsx(path, [*ROWS[:2], HEADER, ROWS[2]]),
}


@needs_both
@pytest.mark.parametrize("made", READABLE.values(), ids=READABLE.keys())
def test_what_can_be_read_is_read(desk: Desk, tmp_path: Path, made: Made) -> None:
    roster = desk.roster(made(tmp_path / "名册.xlsx"))
    assert {code for _, _, code in roster.said} <= {"registry.header_again"}
    desk.publish(roster.id)
    assert sorted(Resident.objects.values_list("name", flat=True)) == ["张三", "李四"]


def full_width(text: str) -> str:
    """As some keyboards type it: １２３Ｘ."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


@needs_both
def test_odd_spellings_of_names_and_numbers_are_understood(desk: Desk, tmp_path: Path) -> None:
    ends_in_x = next(n for n in iter(a_number, None) if n.endswith("X"))
    rows = [
        row("阿卜杜拉•买买提", ("1幢", "1单元", "101"), 证件号码=ends_in_x.lower()),
        row("\u200f古丽\u202e娜尔\u200f", ("1幢", "1单元", "102")),
        row(
            "Ｊｏｈｎ Ｓｍｉｔｈ",
            ("１幢", "２单元", "３０３"),
            手机号=full_width("15400000001"),
            证件号码=full_width(a_number()),
        ),
        row(" 张　三 ", ("1幢", "1单元", "104"), 性别="Ｍ"),
    ]
    roster = desk.roster(strange.xlsx(tmp_path / "a.xlsx", [HEADER, *rows]))
    assert roster.said == []
    desk.publish(roster.id)
    assert set(Resident.objects.values_list("name", flat=True)) == {"阿卜杜拉·买买提", "古丽娜尔", "John Smith", "张三"}
    assert Household.objects.filter(door="1幢2单元303").count() == 1
    assert Resident.objects.get(name="John Smith").phone_masked == "154****0001"
    assert Resident.objects.get(name="阿卜杜拉·买买提").id_masked.endswith("X")


@needs_both
def test_bad_rows_are_named_by_row_and_column_given_back_and_the_others_are_stored(desk: Desk, tmp_path: Path) -> None:
    def spoil(sheet: Any, book: Any) -> None:
        sheet.merge_range("C3:C4", "1幢")
        sheet.write_formula("L6", '="154"&"00000001"', None, "15400000001")
        sheet.write_formula("J7", "=VLOOKUP(A1,B1,2)", None, "#N/A")

    twice = a_number()
    rows = [
        row("张一"),
        row("张二", ("1幢", "1单元", "102")),
        row("张三", ("", "1单元", "103")),
        row("张四", ("2幢", "1单元", "104"), 证件号码=999999199003071011),
        row("张五", ("2幢", "1单元", "105")),
        row("张六", ("2幢", "1单元", "106")),
        row("张七", ("2幢", "1单元", "107"), 证件号码="999999199003071010"),
        row("张八", ("2幢", "1单元", "108"), 证件号码=twice),
        row("张九", ("2幢", "1单元", "109"), 证件号码=twice),
        row("", ("2幢", "1单元", "110"), 手机号="15400000001"),
    ]
    roster = desk.roster(strange.xlsx(tmp_path / "a.xlsx", [HEADER, *rows], change=spoil))
    assert roster.said == [
        (4, "幢/楼栋", "registry.cell_merged"),
        (5, "证件号码", "registry.digits_lost"),
        (6, "手机号", "registry.cell_formula_taken"),
        (7, "证件号码", "registry.cell_error"),
        (8, "证件号码", "registry.id_number_check_digit"),
        (10, "证件号码", "registry.id_twice"),
        (11, "姓名", "registry.name_missing"),
    ]
    assert "第 15 位以后已经丢失" in roster.chinese["findings"][1]["message"]
    assert (roster.chinese["good"], roster.chinese["bad"]) == (4, 6)
    given_back = desk.rows_given_back(roster.id, tmp_path)
    assert [given.cells[6] for given in given_back[1:]] == ["张三", "张四", "张五", "张六", "张七", "张九", None]
    assert all(re.match(r"第 \d+ 行「.+」", str(given.cells[-1])) for given in given_back[1:])
    desk.publish(roster.id)
    assert set(Resident.objects.values_list("name", flat=True)) == {"张一", "张二", "张五", "张八"}


@needs_both
def test_mistakes_in_the_table_of_areas_are_named_by_row_and_column_and_nothing_of_it_is_loaded(
    desk: Desk, tmp_path: Path
) -> None:
    head = ["编码", "上级编码", "类别", "名称", "走访顺序"]
    rows = [["N1", "C1", "网格", "新一格", 1], ["N2", "C1", "格子", "新二格", 2], ["N3", "C1", "网格", "", "第三"]]
    before = Area.objects.count()
    file = strange.xlsx(tmp_path / "a.xlsx", [head, *rows])
    chinese, english = (desk.upload("areas/workbook", file, language).json() for language in ("zh", "en"))
    found = [(e["row"], e["column"], e["code"]) for e in chinese["details"]["errors"]]
    assert found == [
        (3, "类别", "territory.kind_unknown"),
        (4, "名称", "territory.name_missing"),
        (4, "走访顺序", "territory.not_a_number"),
    ]
    for ours, theirs in zip(chinese["details"]["errors"], english["details"]["errors"], strict=True):
        assert_clear(ours["message"], theirs["message"])
    assert_clear(chinese["message"], english["message"])
    assert Area.objects.count() == before
