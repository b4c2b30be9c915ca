"""Write down what is missing in the table as it is now: `python -m tests.matrix.record [--all]`.

What it writes is what the product does, not what it should do: read every new row against
mulin/kernel/packs/policy.csv before it is committed. `--all` writes every row anew, to see in a diff what a
change has changed.
"""

import os
import subprocess
import sys


def main() -> int:
    mode = "all" if "--all" in sys.argv[1:] else "new"
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", "tests/test_matrix.py", "-p", "no:xdist"]
    subprocess.run(command, check=False, env={**os.environ, "MULIN_MATRIX_RECORD": mode})
    print("Read the new rows of tests/matrix/table against policy.csv before you commit them.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
