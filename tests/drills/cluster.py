"""A PostgreSQL cluster of a drill's own: made in a temporary folder, stopped, started, paused."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.drills.hosting import free_port


def binaries() -> Path | None:
    """Where the server's programs are; the newest, else those on the path, else nowhere."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: f.parent.name)
    if installed:
        return installed[-1]
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _owner() -> str | None:
    # The server refuses to run as root.
    if os.getuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


class Unavailable(Exception):
    """No cluster can be made or driven here; says what its programs said."""


class Cluster:
    """Runs on a free port of this machine, as a user of its own where the drill is root."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs, self.folder, self.owner = programs, folder, _owner()
        self.data, self.port = folder / "data", free_port()
        if self.owner:
            shutil.chown(folder, self.owner)
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8")
        with (self.data / "postgresql.conf").open("a") as file:
            file.write(
                f"port = {self.port}\nlisten_addresses = '127.0.0.1'\n"
                f"unix_socket_directories = '{folder}'\nmax_connections = 60\n"
            )
        self.start()

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        log = self.folder.parent / f"{self.folder.name}.log"
        try:
            with log.open("ab") as out:
                subprocess.run(
                    command, check=True, stdout=out, stderr=out, user=self.owner, cwd=self.folder
                )
        except (OSError, subprocess.SubprocessError) as error:
            said = [
                file.read_text("utf-8", "replace")
                for file in (log, self.folder / "log")
                if file.exists()
            ]
            raise Unavailable("\n".join([repr(error), *(each[-2000:] for each in said)])) from error

    def start(self) -> None:
        """Start it; comes back when it answers."""
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.data), "-l", log, "-w", "-t", "60", "start")

    def stop(self, how: str) -> None:
        """Stop it: ``fast`` rolls back and says goodbye, ``immediate`` is a crash."""
        self._run("pg_ctl", "-D", str(self.data), "-m", how, "-w", "-t", "60", "stop")

    def pause(self, seconds: float) -> None:
        """Let all its processes stand still."""
        stopped: list[int] = []
        try:
            # The first one starts the others: once it stands, no new ones come.
            for pid in self._processes():
                os.kill(pid, signal.SIGSTOP)
                stopped.append(pid)
            time.sleep(seconds)
        finally:
            for pid in reversed(stopped):
                os.kill(pid, signal.SIGCONT)

    def _processes(self) -> Iterator[int]:
        first = int((self.data / "postmaster.pid").read_text().split()[0])
        yield first
        children = Path(f"/proc/{first}/task/{first}/children").read_text("ascii")
        yield from map(int, children.split())


@contextmanager
def cluster(programs: Path) -> Iterator[Cluster]:
    """One that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="drill-") as outer:
        Path(outer).chmod(0o755)  # its user must come through
        folder = Path(outer) / "cluster"
        folder.mkdir(0o700)
        made = Cluster(programs, folder)
        try:
            yield made
        finally:
            made.stop("immediate")
