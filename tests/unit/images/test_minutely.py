"""What stands for a CronJob in the local shop."""

import shutil
import signal
import subprocess
import time

import pytest

from tests.harness import ROOT

SCRIPT = ROOT / "images/minutely.php"


def _has_signals():
    asked = ["php", "-r", "exit(extension_loaded('pcntl') ? 0 : 1);"]
    return shutil.which("php") is not None and subprocess.run(asked, check=False).returncode == 0


pytestmark = pytest.mark.skipif(not _has_signals(), reason="no php with pcntl is on the PATH")


@pytest.mark.parametrize("stop", [signal.SIGQUIT, signal.SIGTERM])
def test_it_ends_when_it_is_told_to_and_not_before_its_run_has_ended(tmp_path, stop):
    run = f"touch {tmp_path}/begun; sleep 1; touch {tmp_path}/ended"
    started = subprocess.Popen(["php", SCRIPT, "sh", "-c", run])
    while not (tmp_path / "begun").exists():
        time.sleep(0.05)
    started.send_signal(stop)

    assert started.wait(10) == 0
    assert (tmp_path / "ended").exists()


def test_a_run_that_fails_is_not_the_last(tmp_path):
    started = subprocess.Popen(["php", SCRIPT, "sh", "-c", f"touch {tmp_path}/begun; exit 1"])
    while not (tmp_path / "begun").exists():
        time.sleep(0.05)
    time.sleep(0.3)

    assert started.poll() is None
    started.terminate()
    assert started.wait(10) == 0
