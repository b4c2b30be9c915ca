"""Several people act at one moment, each in a thread and a connection of their own.

For PostgreSQL: SQLite has one writer at a time.
"""

import threading
from collections.abc import Callable

from django.db import connection

from mulin.kernel.errors import ActionError

LONGEST_SECONDS = 10


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run each in a thread of its own, started together; what they raised, sorted: the codes of refusals."""
    raised: list[str] = []
    together = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        try:
            together.wait(LONGEST_SECONDS)
            act()
        except ActionError as error:
            raised.append(error.code)
        except Exception as error:
            raised.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(raised)
