"""The broker that a killed node left behind, recognized by where it runs and what it runs."""

from pathlib import Path

import psutil

MAIN_CLASS = "kafka.Kafka"


def find_broker(folder: Path, pid_file: Path) -> psutil.Process | None:
    """The running broker whose pid is in `pid_file` and whose working folder is `folder`.

    The folder says more than a start time would: a stranger with a reused pid is not in it,
    and setting the clock does not change it.
    """
    try:
        process = psutil.Process(int(pid_file.read_text(encoding="ascii")))
        if MAIN_CLASS in process.cmdline() and Path(process.cwd()) == folder:
            return process
    except (OSError, ValueError, psutil.Error):
        pass
    return None


def stop_broker(process: psutil.Process, timeout: float) -> None:
    """SIGTERM, then SIGKILL; it is gone when this returns."""
    try:
        process.terminate()
        process.wait(timeout)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait()
    except psutil.NoSuchProcess:
        pass
