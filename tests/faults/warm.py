"""A command line that stays warm: what it needs is imported once, and a fork of it, cold of any state, renders.

Starting Python and its libraries takes most of the time of a render of the smallest study. The kernels come from a
server that stays, as under `study watch`. `warm_command` is the process that forks.
"""

from pathlib import Path

from harness import Victim, faults_of_published, published_version, scratch_folders, wait_for

PROGRAM = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import warm_command; warm_command.serve()"


class Warm:
    """Renders of a victim, each in a fork of one process.

    What that process and its server leave on the machine while they live is known, and no fault of a render.
    """

    def __init__(self, victim: Victim):
        self.victim = victim
        self.process = victim.start(program=PROGRAM, stdin=-1)
        self.render()
        self.stays = {*victim.processes()}, {*scratch_folders(victim)}

    def render(self) -> tuple[int, str]:
        """Exit code and what was said."""
        self.process.stdin.write("render\n")
        self.process.stdin.flush()
        said = []
        while not (line := self.process.stdout.readline()).startswith("ended "):
            assert line, "".join(said)
            said.append(line)
        return int(line.split()[1]), "".join(said)

    def assert_recovers(self) -> None:
        """As `harness.assert_recovers`."""
        code, said = self.render()
        assert code == 0, said
        assert "Traceback" not in said
        assert faults_of_published(self.victim) == []
        assert published_version(self.victim) == self.victim.current
        assert self.victim.leftovers() == []
        wait_for(lambda: not {*self.victim.processes()} - self.stays[0], "the end of what the render started")
        assert {*scratch_folders(self.victim)} - self.stays[1] == set()

    def end(self) -> None:
        """Let it go, and everything that it started."""
        self.process.communicate()
        assert self.victim.wait_for_no_process() == []
