"""The WSGI entry point that granian serves."""

import multiprocessing
import os
import signal

from django.core.wsgi import get_wsgi_application

from mulin.kernel.parents import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mulin.site.settings")
# Each web process loads this. One whose master was killed would keep its share of the port beside its
# successors: it ends at once, which is safe, since what was not answered is sent again with the same key.
if parent := multiprocessing.parent_process():
    end_with_parent(parent.pid, signal.SIGKILL)
application = get_wsgi_application()


def warm_up() -> None:
    """Load what the first report would otherwise wait for: templates of rules, the model of suggestions."""
    from mulin.voices import understanding

    understanding.suggest("路灯不亮")


warm_up()
