"""Handed-in sheets wait in a pool and come out of it several at a time, mixed, under new keys.

Who looks at the results before and after somebody at a table handed in a sheet would otherwise read that
sheet as the difference; and who reads the tables themselves would lay the n-th sheet beside the n-th line
of the journal, because databases keep the order in which rows came (SQLite's rowid, PostgreSQL's ctid and
xmin). So a sheet is counted only together with others, and all rows of the pool are written anew, in a
random order, whenever one joins it or some leave it. At least POOL stay behind until the end: also the last
to come out are not alone.
"""

import random

from mulin.voices.surveys.models import Sheet, Survey, Taken

POOL = 5
_chance = random.SystemRandom()


def release(survey: Survey) -> None:
    """Let POOL sheets chosen by chance out, once as many again stay behind, and mix what stays. The survey is
    locked."""
    waiting = list(_waiting(survey))
    _write_anew(survey, waiting, out=POOL if len(waiting) >= 2 * POOL else 0)


def empty(survey: Survey) -> None:
    """Let all out, and mix what says that a browser or a code has answered: the survey is over."""
    waiting = list(_waiting(survey))
    _write_anew(survey, waiting, out=len(waiting))
    taken = list(survey.taken.values_list("key_hash", flat=True))
    _chance.shuffle(taken)
    survey.taken.all().delete()
    Taken.objects.bulk_create((Taken(survey=survey, key_hash=one) for one in taken), batch_size=1000)


def _waiting(survey: Survey):
    return survey.sheets.filter(state="pooled").values_list("channel", "answers")


def _write_anew(survey: Survey, waiting: list, *, out: int) -> None:
    _chance.shuffle(waiting)
    survey.sheets.filter(state="pooled").delete()
    rows = [
        Sheet(
            survey=survey, state="done" if n < out else "pooled", channel=channel, answers=answers, day=None
        )
        for n, (channel, answers) in enumerate(waiting)
    ]
    _chance.shuffle(rows)
    Sheet.objects.bulk_create(rows, batch_size=500)
