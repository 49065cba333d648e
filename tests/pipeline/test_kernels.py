"""Kernels open no TCP port, whether started cold or forked from the warm server."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from pipeline import ahead, kernels, notebooks
from pipeline.kernels.manager import PrivateKernelManager
from pipeline.kernels.needs import of_notebook
from pipeline.kernels.server import Code

LISTENING = (
    "import os, sys\n"
    "from pathlib import Path\n"
    "fds = [os.readlink(f) for f in Path('/proc/self/fd').iterdir() if f.exists()]\n"
    "inodes = {f[8:-1] for f in fds if f.startswith('socket:[')}\n"
    "rows = [l.split() for t in ('tcp', 'tcp6') for l in Path(f'/proc/net/{t}').read_text().splitlines()[1:]]\n"
    "print('tcp', sum(row[9] in inodes for row in rows))\n"
    "print('parent', os.getppid())\n"
    "print('warm', {'pandas', 'scipy.stats', 'analysis.rates'} <= sys.modules.keys())\n"
    "print('cool', 'matplotlib' not in sys.modules)"
)

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="sockets are looked up in /proc, which is Linux's"
)


def run(folder):
    cells = [
        nbformat.v4.new_code_cell("study: str = 'x'\nreport: str = 'y'", metadata={"tags": ["parameters"]})
    ]
    file = folder / "ports.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[*cells, nbformat.v4.new_code_cell(LISTENING)]), file)
    given = {"parameters": {"study": "x", "report": "y"}, "folder": folder}
    notebooks.run(file, folder / "out.ipynb", **given, imports=of_notebook(["analysis.rates"], ["scipy"]))
    printed = nbformat.read(folder / "out.ipynb", as_version=4).cells[-1].outputs[0].text
    return dict(line.split() for line in printed.splitlines())


def test_a_cold_kernel_opens_no_tcp_port(tmp_path):
    assert run(tmp_path)["tcp"] == "0"


def test_a_forked_kernel_opens_no_tcp_port_and_has_its_libraries(tmp_path):
    with kernels.fork_server():
        answer = run(tmp_path)
    assert answer["tcp"] == "0"
    assert answer["warm"] == "True"
    assert answer["cool"] == "True"  # a library that no code of the notebook uses


async def first_published(manager) -> tuple[str, str]:
    """The id of the first request after a client said that it is ready, and of that which the first message answers."""
    client = manager.client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        asked = client.execute("1 + 1")
        heard = await client.get_iopub_msg(timeout=60)
        return asked, heard["parent_header"]["msg_id"]
    finally:
        client.stop_channels()


async def of_a_kernel(asked) -> tuple[str, str]:
    manager = PrivateKernelManager()
    await manager.start_kernel()
    try:
        return await asked(manager)
    finally:
        await manager.shutdown_kernel()


def test_a_client_that_is_ready_misses_nothing_and_hears_nothing_of_before():
    """Jupyter's waits for what may still come; of ten kernels started one after the other none may tell of the past."""
    with kernels.fork_server():
        for _ in range(10):
            asked, heard = asyncio.run(of_a_kernel(first_published))
            assert heard == asked


def test_a_kernel_that_dies_before_it_answers_is_told():
    async def killed(manager):
        manager.provisioner.process.kill()
        return await first_published(manager)

    with kernels.fork_server(), pytest.raises(RuntimeError, match="died"):
        asyncio.run(of_a_kernel(killed))


def test_the_server_ends_with_its_block_and_leaves_no_folder(tmp_path):
    with kernels.fork_server() as server:
        address = server.address()
        parent = int(run(tmp_path)["parent"])
        assert Path(f"/proc/{parent}").exists()
    for _ in range(50):
        if not Path(f"/proc/{parent}").exists():
            break
        time.sleep(0.1)
    assert not Path(f"/proc/{parent}").exists()
    assert not Path(address).parent.exists()


def test_a_process_begun_ahead_becomes_the_server_and_goes_when_there_is_none(root, tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "pipeline.runner", raising=False)
    code = Code(root / "src", compiled=tmp_path / "compiled")
    ahead.begin(code.packages)
    begun = ahead._begun.process
    with kernels.fork_server(code=code):
        assert int(run(tmp_path)["parent"]) == begun.pid
    assert begun.poll() is not None
    ahead.begin(code.packages)
    ahead._begun.process.kill()  # and not waited for: it looks as if it were there
    monkeypatch.setattr(ahead._begun.process, "poll", lambda: None)
    time.sleep(0.5)
    with kernels.fork_server(code=code):
        assert int(run(tmp_path)["parent"]) > 0
    ahead.begin(code.packages)
    begun = ahead._begun.process
    with kernels.fork_server():  # nobody asked for it
        pass
    assert begun.poll() is not None


def test_a_process_begun_ahead_goes_with_the_one_that_began_it(root, tmp_path):
    script = (
        f"from pathlib import Path; from pipeline import ahead; ahead.begin(Path({str(root / 'src')!r}));"
    )
    script += "print(ahead._begun.process.pid, flush=True); import os; os.kill(os.getpid(), 9)"
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    left = Path(f"/proc/{int(killed.stdout)}")
    for _ in range(100):
        if not left.exists() or left.joinpath("stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.1)
    pytest.fail("it is still there")
