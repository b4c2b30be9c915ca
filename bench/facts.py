"""What the figures were measured on."""

import os
import platform
import re
import statistics
import subprocess
import tempfile
import time
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any


def facts(root: Path) -> dict[str, Any]:
    return {
        "date": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M"),
        "commit": commit(root),
        "python": platform.python_version(),
        "django": version("django"),
        "granian": version("granian"),
        "psycopg": version("psycopg"),
        "kernel": platform.release(),
        "cores": len(os.sched_getaffinity(0)),
        "processor": processor(),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30),
        "load": os.getloadavg()[0],
        "fdatasync_ms": fdatasync_ms(),
    }


def commit(root: Path) -> str:
    def git(*words: str) -> str:
        try:
            return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True).stdout.strip()
        except OSError:
            return ""

    short = git("rev-parse", "--short", "HEAD") or "no commit"
    return f"{short} with changes" if git("status", "--porcelain", "--untracked-files=no") else short


def processor() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1].strip() if found else platform.machine()


def fdatasync_ms() -> float:
    """What one small durable write costs here: it bounds every commit."""
    with tempfile.TemporaryFile() as file:
        times = []
        for _ in range(50):
            file.write(b"x" * 4096)
            file.flush()
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)
