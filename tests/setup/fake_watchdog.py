"""A stand-in for the watchdog: leaves its number and stays. ``fake_watchdog.py <data_dir>``."""

import os
import signal
import sys
from pathlib import Path

Path(sys.argv[1], "fake-watchdog").write_text(str(os.getpid()))
signal.pause()
