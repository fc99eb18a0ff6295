"""Whether a page can be used by everybody: what axe finds, and what is too small to hit."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parent.parent.parent / "web" / "node_modules" / "axe-core" / "axe.min.js"


def axe_findings(page: Page) -> list[str]:
    """Serious and critical findings of axe-core, with where they are."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run(document)).violations")
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


TARGETS = """(least) => [...document.querySelectorAll(
    'button, a[href], input, select, [role=switch], [role=tab], [role=radio], label.plain')]
  .filter((one) => one.checkVisibility?.({ checkOpacity: true, checkVisibilityCSS: true }) ?? one.offsetParent !== null)
  .filter((one) => !one.classList.contains('lf-unseen') && !one.closest('[inert]'))
  .map((one) => [one, (one.closest('.switch-row') ?? one).getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.width < least - 0.5 || box.height < least - 0.5))
  .map(([one, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${one.outerHTML.slice(0, 120)}`)"""


def small_targets(page: Page, least: int) -> list[str]:
    """What can be pressed and is smaller than `least` px on a side (MIIT 2021: 44 px, 60 px in the elders' mode)."""
    found: list[str] = page.evaluate(TARGETS, least)
    return found


SIDEWAYS = """() => {
  const page = document.documentElement
  const framed = (one) => /auto|scroll/.test(getComputedStyle(one).overflowX)
  const kept = (one) => one && !one.matches('[role=dialog] > *, html') && (framed(one)
    ? one.getBoundingClientRect().right <= page.clientWidth + 1 : kept(one.parentElement))
  const drawers = [...document.querySelectorAll('[role=dialog] *')].filter((one) => one.checkVisibility?.() ?? true)
  const out = drawers.map((one) => one.getBoundingClientRect().right - page.clientWidth)
    .filter((px, n) => px > 1 && !kept(drawers[n].parentElement))
  return Math.round(Math.max(page.scrollWidth - page.clientWidth, ...out))
}"""


def sideways(page: Page) -> int:
    """How far the page can be pushed sideways, or a drawer is cut off: nothing may stick out of 360 px.

    A table that is wider may be pushed inside its own frame, if the frame itself is all there.
    """
    return int(page.evaluate(SIDEWAYS))
