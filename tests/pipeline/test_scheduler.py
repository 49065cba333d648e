"""A Dask scheduler: the tasks run on its workers, and the numbers are the same."""

import shutil

import pytest


@pytest.fixture
def cluster():
    distributed = pytest.importorskip("distributed", reason="distributed is not installed")
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as started:
        yield started


def test_workers_of_a_scheduler_give_the_same_results(auranofin, cluster, tmp_path):
    made = auranofin.copy(tmp_path / "work")
    shutil.rmtree(made.file("build"))
    shutil.rmtree(made.file("reports", "_site"))
    words = ("--report", "final", "--renderer", "embedded", "--scheduler", cluster.scheduler_address)
    answer = made.study("render", "ra_auranofin", *words)
    assert answer.code == 0, answer.text
    assert cluster.scheduler.transition_counter > 0
    assert made.results("ra_auranofin", "final") == auranofin.results("ra_auranofin", "final")
