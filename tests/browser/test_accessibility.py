"""axe-core, the rules most audits run, finds nothing serious on any page, in light and in dark."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from dashboard.app import found_views
from tests.browser.conftest import Server, quiet

pytestmark = pytest.mark.browser

SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
#: Pages that show something only where the link names it.
NAMED = {"tickets": "?kpi=mttr", "ticket": "?ticket=zendesk:1&kpi=mttr"}
ADDRESSES = [
    f"{name}{NAMED.get(name, '')}"
    for view in found_views()
    for name in [view.__name__.rpartition(".")[2]]
]  # fmt: skip


def test_no_page_holds_a_serious_barrier(chromium: Browser, server: Server) -> None:
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    found, grounds = {}, set()
    for address in ADDRESSES:
        page.goto(f"{server.url}/{address}")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.wait_for_selector(".kpi-page", state="attached", timeout=90_000)
            quiet(page)
            grounds.add((scheme, page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")))
            found[address, scheme] = serious(page)
    page.close()
    assert len(found) == 2 * len(ADDRESSES) > 20
    assert len(grounds) == len({ground for _, ground in grounds}) == 2, "one theme each"
    assert {address: some for address, some in found.items() if some} == {}


def test_a_barrier_is_seen(chromium: Browser) -> None:
    """The check itself: grey on grey, and a button without a name."""
    page = chromium.new_page()
    page.set_content(
        "<html lang='en'><title>x</title><main><p style='color:#999;background:#aaa'>faint</p><button></button></main>"
    )
    assert serious(page) == ["button-name: button", "color-contrast: p"]
    page.close()


def serious(page: Page) -> list[str]:
    """Each finding as ``rule: element``."""
    response = Axe().run(page).response
    return sorted(
        f"{rule['id']}: {' '.join(map(str, node['target']))}"
        for rule in response["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    )
