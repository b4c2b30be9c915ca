"""Everything that must be green before a change lands, in one run: `make test`.

    python -m scripts.test_all [STEP …]

Every step runs even when an earlier one failed, so that one run shows all there is to mend. Each check counts
as one; each test suite counts its tests. The last line is the total; the exit code is 1 if anything failed.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTEST = [sys.executable, "-m", "pytest", "-q", "--no-header", "--durations=5"]
PARALLEL = ["-n", "2", "--dist", "loadscope"]
# A page with axe waits for one process or another, so two browsers fill two processors; who has done their
# half takes over from the other.
BROWSERS = ["-n", "2", "--dist", "worksteal"]
# For what hangs, not for what is slow: a machine may be three times slower than the next.
STEP_SECONDS = 60 * 60
SUITE = ["mulin", "tests", "--ignore=tests/browser", "--ignore=tests/chaos"]


@dataclass
class Count:
    """What one step, or all of them, came to."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other: "Count") -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


@dataclass(frozen=True)
class Step:
    """A command to run; `reports` when it is a test suite that writes a report of its own."""

    name: str
    title: str
    command: list[str]
    reports: bool = False


def steps() -> list[Step]:
    postgres = [sys.executable, "scripts/with_postgres.py", "--"]
    return [
        Step("ruff", "style and likely mistakes", [str(BIN / "ruff"), "check"]),
        Step("floors", "imports go down the floors", [str(BIN / "lint-imports")]),
        Step("sizes", "files and functions are small enough", [sys.executable, "scripts/check_sizes.py"]),
        Step("migrations", "migrations fit the models", manage("makemigrations", "--check", "--dry-run")),
        Step("messages", "texts in both languages", [sys.executable, "-m", "scripts.check_messages"]),
        Step("sqlite", "tests on SQLite", [*PYTEST, *PARALLEL, *SUITE], reports=True),
        Step("postgres", "tests on PostgreSQL", [*postgres, *PYTEST, *PARALLEL, *SUITE], reports=True),
        Step("browser", "journeys in a browser", [*PYTEST, *BROWSERS, "tests/browser"], reports=True),
    ]


def manage(*words: str) -> list[str]:
    return [str(BIN / "mulin"), "manage", *words]


def main(names: list[str]) -> int:
    chosen = [step for step in steps() if not names or step.name in names]
    unknown = set(names) - {step.name for step in steps()}
    if unknown:
        print(f"no such step: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    total = Count()
    lines = []
    with tempfile.TemporaryDirectory(prefix="mulin-test-") as scratch:
        for step in chosen:
            started = time.monotonic()
            print(f"\n== {step.title} ==", flush=True)
            count = run(step, Path(scratch))
            total.add(count)
            lines.append(f"{step.name:<11}{time.monotonic() - started:7.1f} s   {count}")
    print("\n" + "\n".join(lines) + f"\n\n{total}", flush=True)
    return 1 if total.failed else 0


def run(step: Step, scratch: Path) -> Count:
    report = scratch / f"{step.name}.xml"
    command = [*step.command, f"--junit-xml={report}"] if step.reports else step.command
    code = exit_code(command, environment(step, scratch))
    if not step.reports:
        return Count(passed=int(code == 0), failed=int(code != 0))
    count = read_report(report)
    # A suite that died, or found no test, has failed even if no single test says so.
    if (code != 0 and not count.failed) or not (count.passed or count.skipped or count.failed):
        count.failed += 1
    return count


def exit_code(command: list[str], surroundings: dict[str, str]) -> int:
    with subprocess.Popen(command, cwd=ROOT, env=surroundings, stdin=subprocess.DEVNULL) as process:
        try:
            return process.wait(STEP_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"stopped: not done after {STEP_SECONDS // 60} minutes", flush=True)
            return 1
        finally:
            # Asked, not killed: with_postgres.py stops its server first.
            process.terminate()


def environment(step: Step, scratch: Path) -> dict[str, str]:
    """The caller's surroundings without its Mulin settings: an instance at hand must not colour the tests."""
    kept = {"MULIN_DATA", "MULIN_CHROMIUM", "MULIN_POSTGRES_BIN"}
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith("MULIN_") or name in kept
    }
    home = scratch / f"home-{step.name}"
    return {**clean, "MULIN_HOME": str(home)}


def read_report(path: Path) -> Count:
    if not path.exists():
        return Count()
    count = Count()
    for suite in ElementTree.parse(path).getroot().iter("testsuite"):
        tests, bad, skipped = (
            sum(int(suite.get(name, 0)) for name in names)
            for names in (("tests",), ("failures", "errors"), ("skipped",))
        )
        count.add(Count(passed=max(tests - bad - skipped, 0), failed=bad, skipped=skipped))
    return count


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
