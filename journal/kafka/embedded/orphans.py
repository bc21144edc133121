"""Finds and stops a broker left behind by a killed node."""

from pathlib import Path

import psutil

MAIN_CLASS = "kafka.Kafka"


def find_broker(folder: Path, pid_file: Path) -> psutil.Process | None:
    """Find the running broker with the pid in `pid_file` and the working folder `folder`.

    The folder is better proof than a start time: another process with a reused pid is not in it,
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
    """Send SIGTERM, then SIGKILL, and wait for the end of the process."""
    try:
        process.terminate()
        process.wait(timeout)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait()
    except psutil.NoSuchProcess:
        pass
