"""Make docs/images/*.png: `.venv/bin/python -m scripts.screenshots`. Makes a demo of its own for it.

With the address of a running demo it takes that one; nobody must have changed it (a story is found by its
words). Needs what `make setup` installs, Pillow, and Chromium (CHROMIUM names it when it is elsewhere). One
report is sent, for the receipt.
Each picture is reduced to a palette; one over 150 kB, or 1.5 MB for all, is an error.
"""

import argparse
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.with_postgres import free_port

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
PLACE = "500108002005"
DISTRICT = "500108000000"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1360, "height": 850}
COLOURS = 256
MOST_EACH, MOST_ALL = 150_000, 1_500_000
SAID = "2栋三楼楼道的灯坏了三天，老人晚上下楼看不见台阶"
TREE = "香樟枝条压到了电线"
MARKET, GARDEN, RENEWAL = "堰塘边早上的市集", "给新种的小花园起个名字", "原仪表厂宿舍改造"


class Camera:
    """Opens pages of the demo in Chinese and writes what is on the screen."""

    def __init__(self, browser: Browser, base: str):
        self.browser, self.base = browser, base
        self.sizes: dict[str, int] = {}

    @contextmanager
    def page(self, size: dict[str, int], user: str = "", elder: bool = False) -> Iterator[Page]:
        """A page of a new visitor, logged in as `user` if one is named."""
        context = self.browser.new_context(
            viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", service_workers="block"
        )
        cookies = {"mulin_place": PLACE, "mulin_language": "zh-hans", "mulin_theme": "light"}
        if elder:
            cookies["mulin_elder"] = "1"
        context.add_cookies([{"name": k, "value": v, "url": self.base} for k, v in cookies.items()])
        page = context.new_page()
        if user:
            self.log_in(page, user)
        try:
            yield page
        finally:
            context.close()

    def log_in(self, page: Page, user: str) -> None:
        page.goto(f"{self.base}/account/login/")
        with page.expect_navigation():
            page.get_by_role("button", name=f"以 {user} 进入").click()

    def open(self, page: Page, path: str) -> None:
        page.goto(f"{self.base}{path}")
        page.wait_for_load_state("networkidle")

    def take(self, page: Page, name: str) -> None:
        """Write what the screen shows as docs/images/NAME.png, with a palette."""
        page.evaluate("document.activeElement && document.activeElement.blur()")
        page.mouse.move(0, 0)
        page.wait_for_timeout(300)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        path = IMAGES / f"{name}.png"
        # The k-means steps bring rare colours, the red of what is overdue, back to their own tone.
        picture.quantize(COLOURS, kmeans=4, dither=Image.Dither.NONE).save(path, optimize=True)
        self.sizes[name] = path.stat().st_size
        print(f"{name}.png {self.sizes[name] // 1000} kB")


def residents_pages(camera: Camera) -> None:
    with camera.page(PHONE) as page:
        camera.open(page, "/")
        camera.take(page, "home-phone")
        camera.open(page, "/register/")
        camera.take(page, "register-phone")
        camera.open(page, "/report")
        page.fill("#id_text", SAID)
        page.wait_for_timeout(2000)  # the suggestion waits for a pause in typing
        camera.take(page, "report-phone")
        with page.expect_navigation(url="**/r/**"):
            page.get_by_role("button", name="送出", exact=True).click()
        camera.take(page, "receipt-phone")
    with camera.page(PHONE, elder=True) as page:
        camera.open(page, "/")
        camera.take(page, "elder-phone")


def workers_pages(camera: Camera) -> None:
    with camera.page(PHONE, "gridworker") as page:
        camera.open(page, "/desk/today/")
        camera.take(page, "inbox-phone")
    with camera.page(DESK, "clerk") as page:
        camera.open(page, "/desk/?tab=all")
        page.locator("[data-keys-list] a", has_text=TREE).first.click()
        page.wait_for_selector(".detail__head h1")
        page.wait_for_load_state("networkidle")
        camera.take(page, "case-desk")
    with camera.page(DESK, "district") as page:
        camera.open(page, f"/board/{DISTRICT}/")
        page.wait_for_timeout(1000)  # the chart draws itself
        camera.take(page, "board-desk")


def neighbours_pages(camera: Camera) -> None:
    """What neighbours settle and do together."""
    with camera.page(PHONE) as page:
        for name, words in (("opinions-phone", MARKET), ("vote-phone", GARDEN), ("topic-phone", RENEWAL)):
            camera.open(page, f"/council/c/{PLACE}/")
            # A topic that is settled stands below its surveys, which have longer names of the same words.
            page.locator("main a", has_text=words).last.click()
            page.wait_for_load_state("networkidle")
            camera.take(page, name)
        camera.open(page, f"/academy/c/{PLACE}/")
        camera.take(page, "college-phone")
        camera.open(page, "/aid/")
        camera.take(page, "aid-phone")
    with camera.page(DESK, "clerk") as page:
        camera.open(page, "/desk/academy/weeks/")
        page.locator("main a", has_text="没公布").first.click()
        page.wait_for_load_state("networkidle")
        camera.take(page, "week-desk")


@contextmanager
def running_demo() -> Iterator[str]:
    """The address of a new demo in a temporary folder; it ends with the block."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="mulin-pictures-") as home:
        command = [sys.executable, "-m", "mulin.site.cli", "demo", "--port", str(port)]
        surroundings = {**os.environ, "MULIN_HOME": home}
        with subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE, text=True) as process:
            try:
                for line in process.stdout:
                    print(line, end="", flush=True)
                    if line.startswith("ready: "):
                        break
                else:
                    raise SystemExit("the demo did not start")
                yield line.split()[1]
            finally:
                process.terminate()
                process.communicate()  # what it says while it ends must find a reader


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", nargs="?", help="address of a running demo; left out: one is made")
    given = parser.parse_args().base
    if given:
        return take_all(given.rstrip("/"))
    with running_demo() as base:
        return take_all(base)


def take_all(base: str) -> int:
    """Every picture from the demo at an address. Returns 1 when one is too large."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        camera = Camera(browser, base)
        residents_pages(camera)
        workers_pages(camera)
        neighbours_pages(camera)
        browser.close()
    big = [name for name, size in camera.sizes.items() if size > MOST_EACH]
    total = sum(camera.sizes.values())
    print(f"{len(camera.sizes)} pictures, {total // 1000} kB")
    if big or total > MOST_ALL:
        print(f"too large: {', '.join(big) or 'all together'}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
