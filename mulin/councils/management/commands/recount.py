"""`mulin recount FILE`: the last line is the result; exit 1 if it is not the one that the file publishes.

A vote's file is JSON (docs/recount.md), a budget vote's a `.pb`, which marks the projects that were chosen.
"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mulin.councils import pabulib, recounting, replays


class Command(BaseCommand):
    help = "Count a published vote again, from its own ballots or totals."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", help="the published file; its form is in docs/recount.md")

    def handle(self, *args, **options) -> None:
        text = _read(options["file"])
        try:
            is_budget = text.lstrip().startswith("META")
            file, counted, different = _budget(text) if is_budget else _vote(text)
        except ValueError as error:
            raise CommandError(str(error)) from error
        if "result" not in file:
            self.stderr.write("the file publishes no result")
        different = [*different, *recounting.differences(file.get("result"), counted)]
        for line in different:
            self.stderr.write(line)
        self.stdout.write(recounting.written(counted))
        if different:
            self.stdout.flush()
            raise SystemExit(1)


def _read(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{name} is no text in UTF-8: a published vote is a text file") from error


def _vote(text: str) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """A vote's file, and its result counted again. Its result holds every sum."""
    file = recounting.read(text)
    return file, recounting.recount(file).as_json(), []


def _budget(text: str) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """Of a budget's file the projects that it marks as chosen, those that its rule chooses, and where the
    sums that it names are not those of its papers."""
    election = pabulib.parse(text)
    outcome = replays.replay(election)
    if outcome is None:
        raise ValueError(f"{election.rule}: this is no rule that we have")
    chosen = election.winners
    file = {} if chosen is None else {"result": {"winners": sorted(chosen)}}
    return file, {"winners": sorted(outcome.winners)}, pabulib.wrong_sums(election)
