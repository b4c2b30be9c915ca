"""A process that signs up or leaves, and can stop in the middle so that a test may kill it there.

    python -m mulin.academy.sessions.tests.crashing prepare
    python -m mulin.academy.sessions.tests.crashing (sign|leave) USERNAME [stop]
    python -m mulin.academy.sessions.tests.crashing state          (prints one JSON object)

With `stop` it says `between` when places are already taken or given on and nothing is committed, and waits.
"""

import json
import sys
import time
from datetime import timedelta

PEOPLE = ("first", "second", "third")
TITLE = "最后一个位子"


def prepare() -> None:
    from mulin.academy.sessions.models import Session
    from mulin.kernel import clock
    from mulin.kernel.numbers import new_number
    from mulin.people.models import Account

    Account.objects.bulk_create(Account(username=one, name=one, password="!") for one in PEOPLE)
    starts_at = clock.now() + timedelta(days=2)
    Session.objects.create(
        number=new_number(), place="500108002005", title=TITLE, where="院子", places_most=1,
        starts_at=starts_at, ends_at=starts_at + timedelta(hours=1),
    )  # fmt: skip


def act(what: str, username: str, stops: bool) -> None:
    from mulin.academy.sessions import signing
    from mulin.academy.sessions.models import Session
    from mulin.people.models import Account
    from mulin.people.queries import actor_for

    if stops:
        written = signing.line

        def line(*args, **more) -> None:
            written(*args, **more)
            print("between", flush=True)
            time.sleep(60)

        signing.line = line
    actor = actor_for(Account.objects.get(username=username))
    number = Session.objects.get(title=TITLE).number
    {"sign": signing.sign_up, "leave": signing.leave}[what](actor=actor, number=number)


def state() -> None:
    from mulin.academy.sessions.models import Session
    from mulin.kernel.models import Entry

    session = Session.objects.get(title=TITLE)
    rows = session.signups.order_by("position").values_list("account__username", "state", "position")
    lines = Entry.objects.filter(code__startswith="academy.session.").count()
    print(
        json.dumps({"taken": session.taken, "waiting": session.waiting, "rows": list(rows), "lines": lines})
    )


def main(*words: str) -> None:
    import django

    django.setup()
    if words[0] == "migrate":
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        return
    if words[0] == "prepare":
        prepare()
    elif words[0] == "state":
        state()
    else:
        act(words[0], words[1], "stop" in words)


if __name__ == "__main__":
    main(*sys.argv[1:])
