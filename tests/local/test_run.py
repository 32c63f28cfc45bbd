"""`make run` as a developer uses it: save a file, see it served, close the terminal."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx
import pytest

from local.ports import free_ports
from local.settings import HOST, Settings
from local.sign_in import access_token
from tests.local.support import copy_project

pytestmark = pytest.mark.long

HANDLER = "handlers/list_timesheets.py"
TEAPOT = "\n\ndef lambda_handler(*_):\n    return {'statusCode': 418}\n"


@dataclass(frozen=True)
class Run:
    """A stack that runs from a checkout of its own."""

    checkout: Path
    settings: Settings
    process: "subprocess.Popen[bytes]"

    def sign_in(self) -> dict[str, str]:
        token = access_token(self.settings.issuer, "ana", audience=self.settings.audience)
        return {"Authorization": f"Bearer {token}"}

    def get(self, headers: dict[str, str] | None = None) -> httpx.Response:
        return httpx.get(
            f"{self.settings.api_url}/timesheets", headers=headers or self.sign_in(), timeout=120
        )

    def output(self) -> str:
        return (self.checkout / "output").read_text()

    def save(self, text: str, name: str = HANDLER) -> None:
        (self.checkout / name).write_text(text)


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.1)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    checkout = tmp_path / "checkout"
    copy_project(checkout)
    api, issuer, aws = free_ports(3)
    ports = {"API_PORT": str(api), "ISSUER_PORT": str(issuer), "AWS_PORT": str(aws)}
    with (checkout / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "local", "run"],
            cwd=checkout,
            env=os.environ | ports,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        started = Run(checkout, Settings(api_port=api, issuer_port=issuer, aws_port=aws), process)
        try:
            wait_until(lambda: "Ctrl-C" in started.output() or process.poll() is not None, 180)
            assert process.poll() is None, started.output()
            yield started
        finally:
            process.terminate()
            process.wait(30)


def test_a_saved_file_is_served_and_a_closed_terminal_stops_everything(run: Run) -> None:
    original = (run.checkout / HANDLER).read_text()
    entry = httpx.post(
        f"{run.settings.api_url}/timesheets",
        json={"date": "2026-11-20", "project": "StoreZero", "hours": 7.5},
        headers=run.sign_in(),
        timeout=120,
    ).json()

    run.save(original + TEAPOT)
    wait_until(lambda: run.get().status_code == 418)
    run.save(original + "\ndef broken(:\n")
    wait_until(lambda: "The previous code keeps serving" in run.output())
    assert run.get().status_code == 418
    run.save(original)
    wait_until(lambda: run.get().status_code == 200)
    assert run.get().json() == [entry], "data survives"
    run.save((run.checkout / "template.yaml").read_text() + "# changed\n", "template.yaml")
    wait_until(lambda: "template.yaml changed: run `make reload` to deploy it" in run.output())

    run.save(original + "\n\ndef lambda_handler(*_):\n    import os\n    os._exit(1)\n")
    wait_until(lambda: run.get().status_code == 503)
    assert run.get().headers["content-type"] == "application/problem+json"
    run.save(original + "\n\ndef lambda_handler(*_):\n    import time\n    time.sleep(20)\n")
    reloads = run.output().count("reloaded in")
    wait_until(lambda: run.output().count("reloaded in") > reloads)
    headers = run.sign_in()
    with ThreadPoolExecutor(8) as pool:
        in_flight = [pool.submit(run.get, headers) for _ in range(8)]
        time.sleep(3)  # the requests are in flight by then
        run.process.send_signal(signal.SIGHUP)
        run.process.wait(10)
        answers = [future.result() for future in in_flight]
    assert {answer.status_code for answer in answers} == {503}
    assert {answer.json()["code"] for answer in answers} == {"service_unavailable"}
    assert all(answer.headers["access-control-allow-origin"] for answer in answers)
    assert "Traceback" not in run.output()
    for port in (run.settings.api_port, run.settings.issuer_port, run.settings.aws_port):
        socket.create_server((HOST, port)).close()  # free
