"""A real Chromium on a real server; skipped with the reason where there is none."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from etl.settings import Home
from tests.browser import tiny_home

#: Chromium keeps to itself: no updates, no reports, no sandbox where tests run as root.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        reason = "no Chromium found; install it (Debian: apt install chromium) or name it in CHROMIUM"
        if os.environ.get("KPI_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Server:
    """The dashboard as ``supportkpi serve`` starts it, on a home of its own."""

    home: Home
    url: str


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    home = tiny_home.build(tmp_path / "home")
    yield from serving(home)


@pytest.fixture
def empty_server(tmp_path: Path) -> Iterator[Server]:
    yield from serving(Home(tmp_path / "nothing"))


def serving(home: Home) -> Iterator[Server]:
    """Start the dashboard, wait until it answers, and end it afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = "from dashboard.cli import main; main()"
    command = [sys.executable, "-c", start, "--home", str(home.folder), "serve", "--port", str(port)]
    log = home.folder.parent / "server.log"
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output, cwd=log.parent) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health", process, log)
            yield Server(home, f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
    assert "Traceback" not in log.read_text(encoding="utf-8", errors="replace")


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path, seconds: int = 120) -> None:
    """Wait until a server answers."""
    for _ in range(seconds * 5):
        if process.poll() is not None:
            pytest.fail(f"The server ended: {log.read_text(encoding='utf-8', errors='replace')}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("The server did not answer.")


def quiet(page: Page) -> None:
    """Wait until the script runs no more: what it draws anew drops the menus that are open."""
    page.wait_for_timeout(300)
    page.wait_for_selector("[data-test-script-state=notRunning][data-test-connection-state=CONNECTED]", timeout=90_000)
    page.wait_for_function("!document.querySelector('[data-stale=true]')", timeout=90_000)


@dataclass
class Watched:
    """A page, and everything that went wrong on it."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)

    def settle(self) -> None:
        """Wait until nothing is drawn any more, then look for faults."""
        self.page.wait_for_selector(".kpi-page, .kpi-steps", state="attached", timeout=90_000)
        quiet(self.page)
        boxes = self.page.locator("[data-testid=stException], [data-testid=stAlert]").all_inner_texts()
        assert boxes == []
        assert self.faults == []


@pytest.fixture
def watched(chromium: Browser, server: Server) -> Iterator[Watched]:
    yield from watching(chromium, server)


@pytest.fixture
def watched_empty(chromium: Browser, empty_server: Server) -> Iterator[Watched]:
    yield from watching(chromium, empty_server)


def watching(chromium: Browser, server: Server) -> Iterator[Watched]:
    """A new page that records console errors, page errors, dialogs and requests to anyone else."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    found = Watched(page, server.url)

    def request(asked: Request) -> None:
        if not asked.url.startswith((server.url, server.url.replace("http", "ws"), "data:", "blob:")):
            found.faults.append(f"asked a stranger: {asked.url}")

    page.on("console", lambda message: found.faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.faults.append(str(error)))
    page.on("dialog", lambda dialog: (found.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", request)
    yield found
    context.close()
