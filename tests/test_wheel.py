"""The built wheel, in an empty environment and an empty folder: it installs and serves."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import venv
from pathlib import Path

import pytest

from lms import paths

pytestmark = pytest.mark.slow
ROOT = paths.PACKAGE.parent


def _clean_copy(target: Path) -> None:
    # Only what is tracked: a wheel must not depend on what lies about.
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    for name in filter(None, tracked.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def _get(address: str) -> bytes:
    for _ in range(720):  # a crowded machine takes minutes
        try:
            with urllib.request.urlopen(address, timeout=3) as answer:  # noqa: S310  # our server
                body: bytes = answer.read()
                return body
        except OSError:
            time.sleep(0.25)
    raise TimeoutError(address)


def test_the_wheel_serves_from_an_empty_folder(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    program = _installed(tmp_path)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LMS_")}
    command = [str(program), "serve", "--sample", "--port", str(port)]
    server = subprocess.Popen(command, cwd=home, env=environment)
    try:
        assert b"PKK204" in _get(f"http://127.0.0.1:{port}/")
        assert b"@layer" in _get(f"http://127.0.0.1:{port}/static/css/app.css")
        assert b'lang="id"' in _get(f"http://127.0.0.1:{port}/?lang=id")
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) == 0
    assert (home / "instance" / "sijil.sqlite3").is_file()


def _installed(tmp_path: Path) -> Path:
    source, wheels = tmp_path / "source", tmp_path / "wheels"
    _clean_copy(source)
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(wheels), str(source)]
    subprocess.run(build, check=True, capture_output=True)
    venv.create(tmp_path / "venv")
    # The dependencies are those installed already; what is proved is what the wheel itself holds.
    (site,) = (tmp_path / "venv" / "lib").glob("python3*/site-packages")
    own = next(p for p in sys.path if p.endswith("site-packages"))
    (site / "dependencies.pth").write_text(own + "\n")
    (wheel,) = wheels.glob("*.whl")
    # By our own pip: setting up another takes longer than all it would install.
    pip = [sys.executable, "-m", "pip", "--python", str(tmp_path / "venv")]
    install = [*pip, "install", "--no-deps", "--no-index", "--no-compile", "-q", str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    return tmp_path / "venv" / "bin" / "lms"
