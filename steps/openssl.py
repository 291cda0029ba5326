"""Making a certificate with openssl, as the documentation does."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from pytest_bdd import given, parsers, then, when

from steps.support.certificates import names_of
from steps.support.expect import eventually, same
from steps.support.scene import Scene

CONFIGURATION = """
[req]
req_extensions = v3_req
distinguished_name = req_distinguished_name
[req_distinguished_name]
[ v3_req ]
basicConstraints = CA:FALSE
keyUsage = nonRepudiation, digitalSignature, keyEncipherment
subjectAltName = @alt_names
[alt_names]
DNS.1 = {quay}
DNS.2 = {builder}
"""
COMMANDS = """
genrsa -out rootCA.key 2048
req -x509 -new -nodes -key rootCA.key -sha256 -days 1024 -out rootCA.pem -subj /O=Example/CN=Root
genrsa -out ssl.key 2048
req -new -key ssl.key -out ssl.csr -subj /O=Example/CN=Quay
x509 -req -in ssl.csr -CA rootCA.pem -CAkey rootCA.key -CAcreateserial -out ssl.cert -days 356 -extensions v3_req -extfile openssl.cnf
"""
"""Those of documentation 9.3.2.2.1, with the subjects that openssl asks for otherwise."""


@given(parsers.parse('its bundle\'s BUILDMAN_HOSTNAME is "{host}"'))
def _(scene: Scene, host: str) -> None:
    scene.registry.own_bundle().fields["BUILDMAN_HOSTNAME"] = scene.registry.fill(host)


def hosts(scene: Scene) -> list[str]:
    """The host names of the registry and its builders."""
    return [scene.registry.host, scene.registry.own_bundle().fields["BUILDMAN_HOSTNAME"].partition(":")[0]]


@given("the printed openssl.cnf with its two host names")
def _(scene: Scene, tmp_path: Path) -> None:
    quay, builder = hosts(scene)
    text = CONFIGURATION.format(quay=quay, builder=builder)
    (tmp_path / "openssl.cnf").write_text(text, encoding="utf-8")


@when("the five openssl commands are run")
def _(tmp_path: Path) -> None:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not installed here")
    for line in COMMANDS.strip().splitlines():
        command = [program, *line.split()]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)  # noqa: S603 - those above


@then("ssl.cert is signed by rootCA.pem and names exactly these two hosts")
def _(scene: Scene, tmp_path: Path) -> None:
    command = ["openssl", "verify", "-CAfile", "rootCA.pem", "ssl.cert"]
    verified = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)  # noqa: S603 - as above
    same("what openssl verify says", verified.stdout, "ssl.cert: OK\n")
    same("the names of ssl.cert", names_of((tmp_path / "ssl.cert").read_text(encoding="utf-8")), hosts(scene))


@then("with ssl.cert and ssl.key in its bundle the rollout is not blocked")
def _(scene: Scene, tmp_path: Path) -> None:
    registry = scene.registry
    files = {name: (tmp_path / name).read_text(encoding="utf-8") for name in ("ssl.cert", "ssl.key")}
    registry.own_bundle().files |= files
    registry.create()
    expected = ("False", "ComponentsCreationSuccess")

    def blocked() -> tuple[str, ...] | None:
        found = registry.condition("RolloutBlocked")
        return found and found[:2]

    eventually(scene.target, "RolloutBlocked of the registry", blocked, expected)
