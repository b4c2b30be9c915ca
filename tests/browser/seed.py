"""A small believable street for the browser: `python -m tests.browser.seed`, into MULIN_HOME."""

import os
from pathlib import Path

DAYS, A_DAY = 10, 2


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "mulin.site.settings"
    import django

    django.setup()
    from mulin.site import instance
    from mulin.site.demo import seed
    from tests.browser import pages

    instance.ensure()
    if seed.is_needed():
        seed.run(days=DAYS, per_day=A_DAY)
    pages.write(Path(os.environ["MULIN_HOME"]) / "pages.json")


if __name__ == "__main__":
    main()
