"""A grid worker at her phone, in the words that stand on the screen."""

import re
import time
from typing import Any

from playwright.sync_api import Locator, Page, expect

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

    def has_a_draft(self) -> "Worker":
        """Waits until what is being written is on the flash."""
        deadline = time.monotonic() + PATIENCE / 1000
        while not self.counts()["drafts"]:
            assert time.monotonic() < deadline, "no draft was kept"
            time.sleep(0.05)
        return self

    def counts(self) -> dict[str, Any]:
        """What the phone's own database says, behind the screen's back."""
        counted: dict[str, Any] = self.page.evaluate(COUNT)
        return counted


COUNT = """async () => {
  const open = indexedDB.open('lianfang-field')
  const db = await new Promise((done) => { open.onsuccess = () => done(open.result) })
  const names = [...db.objectStoreNames]
  const counts = {}
  for (const name of names) {
    const request = db.transaction(name).objectStore(name).getAll()
    const rows = await new Promise((done) => { request.onsuccess = () => done(request.result) })
    counts[name] = rows.length
    if (name === 'records') for (const row of rows) counts[row.state] = (counts[row.state] ?? 0) + 1
  }
  db.close()
  return counts
}"""
