"""With several processes their counts are added up."""

import os
import subprocess
import sys
from pathlib import Path

COUNT = "from inbound import metrics; metrics.hop(0.01, 'end'); metrics.callback('sms', 'applied')"
SHOW = "import sys; from inbound import metrics; sys.stdout.write(metrics.exposition().decode())"


def test_counts_of_all_processes_that_share_the_folder_are_added_up(tmp_path: Path) -> None:
    def run(code: str) -> str:
        env = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True
        )
        return done.stdout

    run(COUNT)
    run(COUNT)
    shown = run(SHOW)
    assert 'tunda_hops_total{outcome="end"} 2.0' in shown
    assert 'tunda_callbacks_total{kind="sms",verdict="applied"} 2.0' in shown
