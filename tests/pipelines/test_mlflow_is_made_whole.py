"""MLflow's databases are there whole or not at all: its first start may be killed at any moment, its passwords lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from components.errors import InfraError, InputError
from components.loopback import answers, free_ports
from pipelines.local.credentials import Credentials, load_credentials
from pipelines.local.server import Server
from pipelines.local.tracking_server import start_tracking
from tests.pipelines.processes import eventually

# Loads MLflow once and makes the databases in children, so that only the making itself is repeated. Prints what each
# left under its real name.
MAKE = """
import os, signal, sys, time
from pathlib import Path
import mlflow.server.auth.sqlalchemy_store, mlflow.store.tracking.sqlalchemy_store
from pipelines.local.tracking_process import prepare

def begin(folder):
    folder.mkdir(exist_ok=True)
    child = os.fork()
    if not child:
        prepare(folder)
        os._exit(0)
    return child

folder, started = Path(sys.argv[1]), time.monotonic()
os.waitpid(begin(folder.with_name("measured")), 0)
took = time.monotonic() - started
for share in (0.1, 0.4, 0.7, 0.9):
    child = begin(folder)
    time.sleep(share * took)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print([path.name for path in sorted(folder.iterdir()) if not path.name.startswith(".")])
sys.exit(os.waitstatus_to_exitcode(os.waitpid(begin(folder), 0)[1]))
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder in which the databases were begun four times, killed each time, and then made; what each kill left."""
    folder = tmp_path_factory.mktemp("out")
    environment = {
        **os.environ,
        "MLFLOW_AUTH_ADMIN_USERNAME": "symbiont",
        "MLFLOW_AUTH_ADMIN_PASSWORD": "a-password-that-nobody-knows-any-more",
    }
    command = [sys.executable, "-c", MAKE, str(folder / "mlflow")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return folder, done.stdout


def test_a_first_start_may_be_killed_at_any_moment(killed: tuple[Path, str]) -> None:
    folder, left = killed
    assert left.splitlines()[0] == "[]", "the first kill came before anything was whole"
    made = folder / "mlflow"
    assert sorted(path.name for path in made.iterdir()) == ["mlflow.db", "users.db", "version"], (
        "nothing half-made stays"
    )
    for name, table in (("mlflow.db", "registered_models"), ("users.db", "users")):
        database = sqlite3.connect(made / name)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database.execute(f"SELECT count(*) FROM {table}")
        database.close()


def start(folder: Path, credentials: Credentials) -> tuple[Server, str]:
    [port] = free_ports(1)
    server = start_tracking(folder / "mlflow", port=port, credentials=credentials, log=folder / "log")
    return server, f"http://127.0.0.1:{port}"


def test_it_starts_after_all_that_with_new_passwords_behind_a_proxy_and_its_death_is_noticed(
    killed: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database knows another password than credentials.json, which was lost; the proxy reaches nobody."""
    folder, _ = killed
    database = sqlite3.connect(folder / "mlflow/users.db")
    database.execute(
        "INSERT INTO users (username, password_hash, is_admin) VALUES ('symbiont', 'scrypt:32768:8:1$x$00', 1)"
    )
    database.commit()
    database.close()
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    credentials = load_credentials(folder)
    server, address = start(folder, credentials)
    try:
        server.wait(lambda: answers(f"{address}/health"))
        log_in = b64encode(f"{credentials.mlflow_user}:{credentials.mlflow_password}".encode()).decode()
        question = Request(f"{address}/api/2.0/mlflow/experiments/search?max_results=1")
        question.add_header("Authorization", f"Basic {log_in}")
        with build_opener(ProxyHandler({})).open(question, timeout=30) as answer:
            assert b"Default" in answer.read()
        assert (folder / "mlflow").stat().st_mode & 0o077 == 0
        assert all(path.stat().st_mode & 0o077 == 0 for path in (folder / "mlflow").iterdir())
        server.check()
        os.kill(newest_of_group(server.process.pid), signal.SIGKILL)  # the worker: the last that was started

        def noticed() -> bool:
            try:
                server.check()
            except InfraError as error:
                return str(folder / "log") in str(error)
            return False

        assert eventually(noticed)
    finally:
        server.stop()


def newest_of_group(group: int) -> int:
    """The process of a group that was started last."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            found[int(fields[19]), int(path.parent.name)] = int(path.parent.name)
    return found[max(found)]


def test_a_database_that_an_older_version_left_half_made_is_named_with_its_mend(tmp_path: Path) -> None:
    (tmp_path / "mlflow").mkdir()
    database = sqlite3.connect(tmp_path / "mlflow/mlflow.db")
    database.execute("CREATE TABLE latest_metrics (key VARCHAR(250))")
    database.commit()
    database.close()
    server, address = start(tmp_path, load_credentials(tmp_path))
    try:
        with pytest.raises(InputError, match="MLflow cannot use its database") as error:
            server.wait(lambda: answers(f"{address}/health"))
    finally:
        server.stop()
    assert f"mv {tmp_path}/mlflow/mlflow.db" in error.value.fix
    assert str(tmp_path / "log") in error.value.where
