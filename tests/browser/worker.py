"""A grid worker at her phone, in the words that stand on the screen."""

import re
import time
from typing import Any

from playwright.sync_api import Locator, Page, expect

from lianfang.foundation.kernel.ids import new_id
from lianfang.foundation.plumbing import clock

PATIENCE = 30_000  # two cores, shared: the browser is given time, no figure is measured here


class Worker:
    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)

    # --- joining ---

    def opens(self, path: str = "/m/") -> "Worker":
        self.page.goto(self.url + path)
        return self

    def joins_with_code(self, code: str) -> "Worker":
        self.opens()
        self.page.get_by_label("登记码", exact=True).fill(code)
        self.page.get_by_role("button", name="登录", exact=True).click()
        return self.waits_until_ready()

    def joins_at(self, address: str) -> "Worker":
        """What the phone's own camera app does with the QR code on the desk's screen: it opens the address."""
        self.page.goto(address)
        self.page.get_by_role("button", name="登录", exact=True).click()
        return self.waits_until_ready()

    def joins_with_password(self, account: str, password: str) -> "Worker":
        self.opens()
        self.page.get_by_role("button", name="账号密码").click()
        self.page.get_by_label("账号", exact=True).fill(account)
        self.page.get_by_label("密码", exact=True).fill(password)
        self.page.get_by_role("button", name="登录", exact=True).click()
        return self.waits_until_ready()

    def waits_until_ready(self) -> "Worker":
        self.sees("离线可用")
        return self

    def sets_out(self) -> "Worker":
        self.page.get_by_role("button", name="出发").click()
        self.sees("我的网格")
        return self

    def takes_up(self, campaign: str) -> "Worker":
        """Which of several campaigns she walks for; with one there is nothing to choose."""
        another = self.page.get_by_role("button", name="换一个")
        if another.count():
            another.click()
            self.page.get_by_role("dialog").get_by_role("button", name=re.compile(campaign)).first.click()
        return self

    # --- walking ---

    def starts(self) -> "Worker":
        self.page.get_by_role("button", name=re.compile("开始走访|继续走访")).click()
        expect(self.page.get_by_text("今天的问题")).to_be_visible()
        return self

    @property
    def door(self) -> str:
        return self.page.get_by_role("heading", level=1).inner_text()

    def all_home(self) -> "Worker":
        self.page.get_by_role("button", name="都在家").click()
        return self

    def answers(self) -> "Worker":
        """The first answer to each question that has none yet."""
        for question in self.page.locator(".visit-question").all():
            options = question.get_by_role("radio")
            if options.count() and not question.locator("[aria-checked=true]").count():
                options.first.click()
        return self

    def answers_with(self, question: str, answer: str) -> "Worker":
        self._question(question).get_by_role("radio", name=answer, exact=True).click()
        return self

    def says_who(self, question: str, answer: str, who: int) -> "Worker":
        """An answer that is true of one of them only."""
        self.answers_with(question, answer)
        sheet = self.page.get_by_role("dialog")
        sheet.locator(".visit-chips button").nth(who).click()
        sheet.get_by_role("button", name="确定").click()
        expect(sheet).to_be_hidden()
        return self

    def _question(self, words: str) -> Locator:
        return self.page.locator(".visit-question").filter(has_text=words)

    def saves(self) -> "Worker":
        """Presses save and waits for the words that mean it is on the flash."""
        door = self.answers().door
        self.page.get_by_role("button", name=re.compile("^保存")).click()
        self.sees(f"已保存在本机:{door}")
        expect(self.page.get_by_role("heading", level=1)).not_to_have_text(door)
        return self

    def visits(self, households: int) -> "Worker":
        for _ in range(households):
            self.all_home().saves()
        return self

    def meets_nobody(self, how: str = "没人在家", appointment: str | None = None) -> "Worker":
        self.page.get_by_role("button", name="没见到人").click()
        sheet = self.page.get_by_role("dialog")
        sheet.get_by_role("button", name=how).click()
        if appointment:
            sheet.get_by_role("radio", name=appointment).click()
        sheet.get_by_role("button", name=re.compile("^保存")).click()
        return self

    def meets_somebody_new(self, name: str) -> "Worker":
        self.page.get_by_role("button", name="还有谁住这里").click()
        return self.writes_down(name, "加上")

    def writes_down(self, name: str, button: str) -> "Worker":
        """The one particular that is wanted of a person."""
        sheet = self.page.get_by_role("dialog")
        sheet.get_by_label("姓名").fill(name)
        sheet.get_by_role("button", name=button).click()
        expect(sheet).to_be_hidden()
        return self

    def opens_person(self, nth: int) -> Locator:
        self.page.locator(".visit-person > .row").nth(nth).click()
        return self.page.get_by_role("dialog")

    def hears_a_new_number(self, nth: int, number: str) -> "Worker":
        sheet = self.opens_person(nth)
        sheet.get_by_role("button", name="手机").click()
        sheet.get_by_label("手机").fill(number)
        sheet.get_by_role("button", name="确定").click()
        sheet.get_by_role("button", name="好了").click()
        expect(sheet).to_be_hidden()
        return self

    def hears_that_somebody_left(self, nth: int) -> "Worker":
        sheet = self.opens_person(nth)
        sheet.get_by_role("button", name="不住这里了").click()
        sheet.get_by_role("button", name="搬走了").click()
        expect(sheet).to_be_hidden()
        return self

    def finds_a_household(self, building: str, room: str, name: str) -> "Worker":
        """One that no list knew; its visit opens at once."""
        self.opens("/m/found")
        self.page.get_by_label("楼栋").select_option(label=building)
        self.page.get_by_label("房号或门牌").fill(room)
        self.page.get_by_role("button", name="加一个人").click()
        self.writes_down(name, "加上")
        self.page.get_by_role("button", name="保存,开始走访").click()
        expect(self.page.get_by_text("今天的问题")).to_be_visible()
        return self

    def tries_to_log_out(self) -> "Worker":
        self.page.get_by_role("tab", name="我的").click()
        self.page.get_by_role("button", name="退出登录").click()
        return self

    # --- looking ---

    def sees(self, words: str) -> Locator:
        found = self.page.get_by_text(words).first
        expect(found).to_be_visible()
        return found

    def waiting(self, records: int) -> "Worker":
        self.sees(f"待送 {records}" if records else "全部已送达")
        return self

    def sends(self) -> "Worker":
        self.opens("/m/outbox/waiting")
        self.page.get_by_role("button", name="立即同步").click()
        return self

    def agrees_with_the_server(self) -> "Worker":
        """Everything delivered, and both sides have counted the same."""
        self.sends().waiting(0).sees("手机和服务器数目一致")
        return self

    def sees_that_it_is_offline(self) -> "Worker":
        self.sees("▲ 离线")
        return self

    def delivered(self) -> int:
        """How many records the phone itself has counted receipts for."""
        return int(self.note("counters")["delivered"])

    def figures(self) -> dict[str, int]:
        """How far the grid is, as the first page shows it."""
        self.opens().sees("我的网格")
        shown = self.sees(" 户 剩 ").inner_text()
        done, due, remaining = (int(number) for number in re.findall(r"\d+", shown))
        return {"done": done, "due": due, "remaining": remaining}

    def has_a_draft(self) -> "Worker":
        """Waits until what is being written is on the flash."""
        deadline = time.monotonic() + PATIENCE / 1000
        while not self.counts()["drafts"]:
            assert time.monotonic() < deadline, "no draft was kept"
            time.sleep(0.05)
        return self

    def looks_for(self, words: str) -> "Worker":
        self.opens("/m/list")
        self.page.get_by_placeholder("门牌、姓名、手机尾号").fill(words)
        return self

    def hands_in_behind_the_apps_back(self, campaign: Any, household: str) -> Any:
        """A visit to any household whose id is known, with this phone's own token; answers the receipt."""
        task = {"campaign": campaign["id"], "occasion": campaign["occasion"], "target": household, "outcome": "done"}
        at = clock.now().isoformat()
        record = {"id": str(new_id()), "kind": "screening.household_visited.v1", "at": at, "n": 1}
        body = {"records": [{**record, "body": {"task": task, "people": 2}}]}
        return self.page.evaluate(HAND_IN, [self.note("session")["token"], body])["receipts"][0]

    def rows(self, table: str) -> list[Any]:
        """A table of the phone's database; bytes come out as {}."""
        return list(self.page.evaluate(READ_TABLE, table))

    def note(self, key: str) -> Any:
        """One of the phone's notes to itself, behind the screen's back."""
        return self.page.evaluate(READ_NOTE, key)

    def counts(self) -> dict[str, Any]:
        """What the phone's own database says, behind the screen's back."""
        counted: dict[str, Any] = self.page.evaluate(COUNT)
        return counted


OPEN = """
  const open = indexedDB.open('lianfang-field')
  const db = await new Promise((done) => { open.onsuccess = () => done(open.result) })
  const answer = (request) => new Promise((done) => { request.onsuccess = () => done(request.result) })
"""
COUNT = f"""async () => {{{OPEN}
  const counts = {{}}
  for (const name of [...db.objectStoreNames]) {{
    const rows = await answer(db.transaction(name).objectStore(name).getAll())
    counts[name] = rows.length
    if (name === 'records') for (const row of rows) counts[row.state] = (counts[row.state] ?? 0) + 1
  }}
  db.close()
  return counts
}}"""
READ_NOTE = f"""async (key) => {{{OPEN}
  const row = await answer(db.transaction('notes').objectStore('notes').get(key))
  db.close()
  return row?.value ?? null
}}"""
READ_TABLE = f"""async (table) => {{{OPEN}
  const rows = await answer(db.transaction(table).objectStore(table).getAll())
  db.close()
  return JSON.parse(JSON.stringify(rows))
}}"""
HAND_IN = """async ([token, body]) => {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  const reply = await fetch('/api/v1/records', { method: 'POST', headers, body: JSON.stringify(body) })
  return reply.json()
}"""
