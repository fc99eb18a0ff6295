"""Orders and credentials over HTTP: two people, masked names, each look noted, a printed code that a decoder reads."""

import subprocess
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import typst
from msgspec import convert
from pypdf import PdfReader

from lianfang.foundation.kernel.people import THE_HOUSE
from lianfang.foundation.kernel.roles import Role
from lianfang.foundation.ledger import actions as ledger
from lianfang.ground.access import rules as access_rules
from lianfang.ground.access.models import Disclosure
from lianfang.ground.access.tests.staff import viewer
from lianfang.ground.codes import models, order_views, queries
from lianfang.ground.codes.credential_terms import CodeVerdict, GateTrust
from lianfang.ground.posture import actions as posture
from lianfang.ground.posture.terms import Incident
from lianfang.ground.posture.tests.office import Clerk
from lianfang.ground.registry.tests import homes
from lianfang.ground.territory.tests import town
from lianfang.ground.territory.tests.town import NOW, id_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "plumbing"])
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NAME = "张三丰"


def open_incident(*, drill: bool = False) -> Incident:
    return posture.open_incident(
        name="演练" if drill else "疫情处置",
        area=id_of("S"),
        basis="public_health_emergencies",
        pack="household_sweep",
        issuer="莘塍街道办事处",
        ends_at=NOW + 20 * DAY,
        drill=drill,
        by=THE_HOUSE,
        at=NOW,
    )


class Office:
    """An officer who proposes, a leader who signs, another who hears appeals, a worker who tells, a keeper of keys."""

    def __init__(self) -> None:
        town.load()
        homes.publish({"name": NAME, "id": homes.ZHANG, "id_number": homes.a_number("11010119900307001")})
        self.officer = Clerk("officer", Role.COMMUNITY_OFFICER)
        self.leader = Clerk("leader", Role.COMMAND)
        self.deputy = Clerk("deputy", Role.SUBDISTRICT_OFFICER)
        self.worker = Clerk("worker", Role.GRID_WORKER, area="G1")
        self.keeper = Clerk("keeper", Role.SECURITY_ADMIN)

    def wanted(self, incident: Incident, **more: Any) -> dict[str, Any]:
        plain = {
            "resident": str(homes.ZHANG),
            "incident": str(incident.id),
            "ground": "close_contact",
            "measure": "home_quarantine",
            "basis": "public_health_emergencies",
            "issuer": "莘塍街道办事处",
            "reason": "8月5日与确诊病例同桌吃饭一小时",
            "days": 7,
            "evidence": [{"words": "8月5日与病例同桌吃饭", "reference": "流调记录第3号"}],
        }
        return plain | more

    def proposed(self, incident: Incident) -> str:
        status, page = self.officer.post("orders", self.wanted(incident))
        assert status == 201, page
        return str(page["row"]["id"])


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def incident(office: Office) -> Incident:
    return open_incident()


def test_an_officer_proposes_a_leader_signs_the_person_is_told_and_it_says_all_of_that(
    office: Office, incident: Incident
) -> None:
    id = office.proposed(incident)
    _, seen = office.leader.get(f"orders/{id}")
    assert (seen["row"]["state"], seen["row"]["can"], seen["proposed_by_me"]) == (
        "proposed",
        ["sign", "decline"],
        False,
    )
    assert office.officer.get(f"orders/{id}")[1]["row"]["can"] == []
    status, signed = office.leader.post(f"orders/{id}/sign", {})
    assert (status, signed["row"]["state"], signed["row"]["drill"]) == (201, "signed", False)
    assert datetime.fromisoformat(signed["row"]["ends_at"]) == NOW + 7 * DAY
    status, told = office.worker.post(f"orders/{id}/told", {"how": "on_paper"})
    assert (status, told["row"]["state"]) == (201, "live")
    words = " ".join(part["zh"] for part in told["to_the_person"])
    for part in ("居家隔离", "到时自动解除", "同桌吃饭一小时", "突发公共卫生事件应急条例", "24 小时内"):
        assert part in words
    acts = [(act["act"], act["by"], act["how"]) for act in told["acts"]]
    assert acts == [
        ("proposed", "officer同志", None),
        ("signed", "leader同志", None),
        ("told", "worker同志", "on_paper"),
    ]
    assert office.worker.post(f"orders/{id}/told", {"how": "on_paper"})[1]["code"] == "codes.told_already"
    assert ledger.rebuild_differs() == []


def test_it_is_over_when_the_clock_says_so_and_nothing_ran(office: Office, incident: Incident) -> None:
    id = office.proposed(incident)
    lapses = office.leader.get("orders")[1]["rows"][0]["lapses_at"]
    assert datetime.fromisoformat(lapses) == NOW + DAY
    office.leader.post(f"orders/{id}/sign", {})
    office.officer.post(f"orders/{id}/told", {"how": "in_person"})
    states = [order_views.orders(viewer=viewer(office.leader.account, hours=hours)).rows[0] for hours in (167, 168)]
    assert [row.state for row in states] == ["live", "ended"]
    assert (states[1].over_at, states[1].can) == (NOW + 7 * DAY, [])


def test_two_people_two_roles_or_nothing(office: Office, incident: Incident) -> None:
    both = Clerk("both", Role.COMMUNITY_OFFICER, Role.COMMAND)
    status, page = both.post("orders", office.wanted(incident))
    assert status == 201 and page["row"]["can"] == []
    status, problem = both.post(f"orders/{page['row']['id']}/sign", {})
    assert (status, problem["code"]) == (409, "codes.second_person_needed")
    assert office.officer.post(f"orders/{page['row']['id']}/sign", {})[0] == 403
    assert office.leader.post("orders", office.wanted(incident))[0] == 403
    assert office.worker.get(f"orders/{page['row']['id']}")[0] == 403
    elsewhere = Clerk("elsewhere", Role.COMMAND, area="C2")
    assert elsewhere.post(f"orders/{page['row']['id']}/sign", {})[0] == 404
    assert elsewhere.get("orders")[1]["total"] == 0


def test_an_appeal_is_noted_in_the_person_s_words_and_a_third_person_decides(
    office: Office, incident: Incident
) -> None:
    id = office.proposed(incident)
    office.leader.post(f"orders/{id}/sign", {})
    office.worker.post(f"orders/{id}/told", {"how": "by_phone"})
    _, page = office.worker.post(f"orders/{id}/appeal", {"words": "我那天不在"})
    assert datetime.fromisoformat(page["row"]["appeal_due_at"]) == NOW + DAY
    decide = f"orders/{id}/appeal/decide"
    said = {"stands": False, "reason": "认错了人"}
    assert office.leader.post(decide, said)[1]["code"] == "codes.third_person_needed"
    status, page = office.deputy.post(decide, said)
    assert (status, page["row"]["state"], page["row"]["can"]) == (201, "ended", [])
    assert [act["words"] for act in page["acts"]][-2:] == ["我那天不在", "认错了人"]
    assert page["acts"][-1]["stands"] is False


def test_whoever_is_restricted_is_masked_and_each_look_is_noted(office: Office, incident: Incident) -> None:
    id = office.proposed(incident)
    before = Disclosure.objects.count()
    _, page = office.leader.get(f"orders/{id}")
    _, rows = office.leader.get("orders")
    assert NAME not in repr(page) + repr(rows)
    assert {page["row"]["person"]["name"], rows["rows"][0]["person"]["name"]} == {"张**"}
    assert (rows["total"], rows["states"]) == (1, {"proposed": 1})
    office.leader.get("orders?state=live")  # nobody on it: nobody was looked at
    assert Disclosure.objects.count() == before + 2


def test_one_person_s_status_takes_a_reason_and_counts_among_the_looks_of_the_day(
    office: Office, incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"residents/{homes.ZHANG}/code-status"
    assert office.officer.post(address, {"reason": "。"})[1]["code"] == "access.reason_missing"
    id = office.proposed(incident)
    office.leader.post(f"orders/{id}/sign", {})
    office.worker.post(f"orders/{id}/told", {"how": "by_phone"})
    status, found = office.officer.post(address, {"reason": "本人来电询问"})
    assert (status, found["colour"], found["orders"]) == (201, "red", [id])
    assert "《突发公共卫生事件应急条例》" in found["words"]["zh"]
    monkeypatch.setattr(access_rules, "REVEALS_A_DAY", [(date(2020, 1, 1), 3)])
    answers = [office.officer.post(address, {"reason": "一个一个查下去"})[0] for _ in range(3)]
    assert answers == [201, 201, 429]


def test_an_exercise_says_so_on_every_order(office: Office) -> None:
    _, page = office.officer.post("orders", office.wanted(open_incident(drill=True)))
    assert page["row"]["drill"] is True


def test_the_notice_is_a_draft_until_two_have_signed(office: Office, incident: Incident) -> None:
    id = office.proposed(incident)
    status, draft = office.officer.download(f"orders/{id}/notice.pdf")
    office.leader.post(f"orders/{id}/sign", {})
    signed = office.worker.download(f"orders/{id}/notice.pdf")[1]
    assert (status, "草稿" in _text(draft), "草稿" in _text(signed)) == (200, True, False)
    for part in ("居家隔离告知书", "张**", "同桌吃饭", "流调记录第3号", "24小时内"):
        assert part in _text(signed)


def _text(pdf: bytes) -> str:
    return "".join(page.extract_text().replace(" ", "") for page in PdfReader(BytesIO(pdf)).pages)


# --- credentials ----------------------------------------------------------------------------------------------------


EVIDENCE = [
    {"what": "test", "at": (NOW - HOUR).isoformat(), "until": (NOW + 2 * DAY).isoformat()},
    {"what": "residence", "at": (NOW - 9 * HOUR).isoformat(), "until": (NOW + 20 * DAY).isoformat()},
]


@pytest.fixture
def as_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same template and data, drawn as a picture instead of a PDF, since that is what a camera sees."""
    compile_it = typst.compile

    def drawn(template: Path, **more: Any) -> bytes:
        more.pop("timestamp")
        return bytes(compile_it(template, **more, format="png", ppi=150))

    monkeypatch.setattr(typst, "compile", drawn)


READ = """
import {{ readBarcodes, prepareZXingModule }} from 'zxing-wasm/reader'
import {{ readFileSync }} from 'node:fs'
const wasmBinary = readFileSync('node_modules/zxing-wasm/dist/reader/zxing_reader.wasm')
prepareZXingModule({{ overrides: {{ wasmBinary }} }})
for (const one of await readBarcodes(readFileSync('{file}'))) process.stdout.write(one.text)
"""


def decoded(picture: bytes, folder: Path, repository: Path) -> str:
    """What the decoder that gates ship reads from it."""
    file = folder / "paper.png"
    file.write_bytes(picture)
    command = ["node", "--input-type=module", "-e", READ.format(file=file)]
    done = subprocess.run(command, cwd=repository / "web", capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def web(repository: Path) -> Path:
    if not (repository / "web" / "node_modules" / "zxing-wasm").is_dir():
        pytest.skip("npm ci in web/ first")
    return repository


@pytest.mark.usefixtures("incident", "as_picture")
def test_a_printed_code_is_decoded_and_verified_by_what_gates_trust(office: Office, web: Path, tmp_path: Path) -> None:
    assert office.officer.post("credentials/keys", {})[0] == 403
    _, keys = office.keeper.post("credentials/keys", {})
    assert [key["state"] for key in keys] == ["signing"]
    answer = office.officer.fetch(
        f"residents/{homes.ZHANG}/credentials/paper", {"evidence": EVIDENCE, "carried_by": "carer"}
    )
    assert answer.status_code == 200
    text = decoded(answer.getvalue(), tmp_path, web)
    trust = convert(office.worker.get("gate-trust")[1], GateTrust)
    found = queries.verify(text, trusted=trust.keys, revoked=trust.revoked, at=NOW)
    assert (found.verdict, found.holder and found.holder.shown_name) == (CodeVerdict.PAPER, "张**")
    assert [each.what for each in found.evidence] == ["test", "residence"]

    _, rows = office.officer.get("credentials")
    (row,) = rows["rows"]
    assert (row["carrier"], row["carried_by"], row["state"]) == ("paper", "carer", "good")
    assert NAME not in repr(rows) and "张" not in repr(rows)
    _, theirs = office.officer.get(f"residents/{homes.ZHANG}/credentials")
    assert [one["id"] for one in theirs] == [row["id"]]
    status, gone = office.officer.post(f"credentials/{row['id']}/revoke", {"reason": "丢了"})
    assert (status, gone["state"]) == (201, "revoked")
    trust = convert(office.worker.get("gate-trust")[1], GateTrust)
    after = queries.verify(text, trusted=trust.keys, revoked=trust.revoked, at=NOW + HOUR)
    assert after.verdict is CodeVerdict.REVOKED


def test_an_exercise_prints_no_credential_and_a_quiet_day_neither(office: Office) -> None:
    office.deputy.post("credentials/keys", {})
    address = f"residents/{homes.ZHANG}/credentials/paper"
    for prepare, code in ((None, "codes.nothing_asks_for_codes"), (True, "codes.drill_signs_nothing")):
        if prepare:
            open_incident(drill=True)
        answer = office.officer.fetch(address, {"evidence": EVIDENCE})
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert models.Credential.objects.count() == 0


def test_a_key_is_announced_withdrawn_and_only_by_whoever_keeps_the_district_s(office: Office) -> None:
    office.deputy.post("credentials/keys", {})
    _, keys = office.keeper.post("credentials/keys", {})
    assert [key["state"] for key in keys] == ["coming", "signing"]
    assert office.keeper.post("credentials/keys", {})[1]["code"] == "codes.key_waits"
    of_a_part = Clerk("part", Role.SUBDISTRICT_OFFICER, area="C1")
    assert of_a_part.post("credentials/keys", {})[1]["code"] == "codes.keys_are_the_districts"
    assert office.keeper.post("credentials/keys/zz/withdraw", {"reason": "外泄"})[0] == 404
    _, keys = office.keeper.post(f"credentials/keys/{keys[1]['id']}/withdraw", {"reason": "可能外泄"})
    assert [key["state"] for key in keys] == ["coming", "withdrawn"]
    assert len(office.worker.get("gate-trust")[1]["keys"]) == 1
