"""`mulin timetable solve FILE`: the last line is {"served": n, "wishes": m, "clashes": 0, "bound": b,
"seconds": s}. `mulin timetable check FILE SOLUTION`: a line for every broken rule, the last line is
{"sessions": n, "broken": k}, exit 1 if a rule is broken."""

import json
from argparse import ArgumentTypeError
from collections import Counter
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from mulin.academy import timetable


def seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found <= 24 * 3600:
        raise ArgumentTypeError(f"{text!r} is no number of seconds from 0.1 to 86400")
    return found


class Command(BaseCommand):
    help = "Plan a week from residents' orders, or say which rules a plan breaks. Format: docs/timetable.md."
    requires_system_checks = []

    def add_arguments(self, parser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        solve = what.add_parser("solve", help="propose the week that serves the most wishes without a clash")
        solve.add_argument("file")
        solve.add_argument("--seconds", type=seconds, default=60.0)
        solve.add_argument(
            "--out", metavar="SOLUTION", help="write sessions, refusals and demand to this file"
        )
        solve.add_argument("--last", metavar="SOLUTION", help="begin with this plan and keep what can stay")
        solve.add_argument("--seed", type=int, default=0)
        solve.add_argument("--workers", type=int, choices=range(1, 9), default=2, metavar="1-8")
        solve.add_argument(
            "--rounds", type=int, help="end after so many rounds: the same plan on every machine"
        )
        check = what.add_parser("check", help="name every rule that a plan breaks")
        check.add_argument("file")
        check.add_argument("solution")

    def handle(self, *args, **options) -> None:
        instance = self.read(options["file"], timetable.read_instance)
        if options["what"] == "check":
            self.check_solution(instance, self.read(options["solution"], timetable.read_solution))
        else:
            self.solve(instance, options)

    def read(self, name: str, reader):
        try:
            return reader(timetable.parse(Path(name).read_text(encoding="utf-8-sig")))
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror or error}") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{name}: is no UTF-8 text") from error
        except timetable.TimetableError as error:
            raise CommandError(f"{name}: {error}") from error

    def solve(self, instance: timetable.Instance, options) -> None:
        last = self.read(options["last"], timetable.read_solution) if options["last"] else None
        if options["out"] and not Path(options["out"]).parent.is_dir():
            raise CommandError(f"{options['out']}: the folder does not exist")
        given = {name: options[name] for name in ("seconds", "seed", "workers", "rounds")}
        try:
            plan = timetable.solve(instance, last=last, **given)
        except timetable.TimetableError as error:
            raise CommandError(f"{options['file']}: {error}") from error
        written = plan.as_json()
        if options["out"]:
            self.write(options["out"], written)
        broken = timetable.check(instance, timetable.read_solution(written))
        self.tell(plan, written, broken)
        last_line = {
            "served": plan.served,
            "wishes": len(instance.orders),
            "clashes": len(broken),
            "bound": plan.bound,
            "seconds": plan.seconds,
        }
        self.stdout.write(json.dumps(last_line))

    def write(self, name: str, written: dict) -> None:
        try:
            Path(name).write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror or error}") from error

    def tell(self, plan: timetable.Plan, written: dict, broken: list[timetable.Broken]) -> None:
        for one in broken:
            self.stderr.write(str(one))
        for share in written["shares"]:
            self.stdout.write(f"{share['kind']} {share['name']}: {share['served']} of {share['wishes']}")
        reasons = Counter(one["code"] for one in written["refused"])
        for code, many in sorted(reasons.items(), key=lambda one: (-one[1], one[0])):
            self.stdout.write(f"refused, {code}: {many}")
        self.stdout.write(f"first come, first served: {plan.first_come}; rounds: {plan.rounds}")

    def check_solution(self, instance: timetable.Instance, solution: timetable.Read) -> None:
        broken = timetable.check(instance, solution)
        for one in broken:
            self.stdout.write(str(one))
        if not broken:
            self.stdout.write(f"no rule is broken: {len(solution.sessions)} sessions")
        self.stdout.write(json.dumps({"sessions": len(solution.sessions), "broken": len(broken)}))
        if broken:
            self.stdout.flush()
            raise SystemExit(1)
