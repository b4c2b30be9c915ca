"""Processes that must not outlive the one that started them."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int, how: signal.Signals = signal.SIGTERM) -> None:
    """Ask the system to send `how` to this process when its parent ends, even by `kill -9`.

    `parent` is the parent's process id as it was known before: one that is dead already is noticed too.
    Linux only; elsewhere nothing happens.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how)
    if os.getppid() != parent:
        os.kill(os.getpid(), how)
