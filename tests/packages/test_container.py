"""packaging/Containerfile says what the package does: user, ports, folders, the program; and the
image can be made and started where buildah is."""

import json
import re
import subprocess
import tomllib


from conftest import SECONDS, TOP, packages

PACKAGING = TOP / "packaging"
TEXT = (PACKAGING / "Containerfile").read_text(encoding="utf-8")


def said(instruction):
    return re.findall(rf"^{instruction} (.+)$", TEXT, re.MULTILINE)


def server_package():
    return next(path for path in packages() if path.name.startswith("restante-server_"))


def installed_paths():
    listed = subprocess.run(["dpkg-deb", "--contents", server_package()], check=True,
                            capture_output=True, text=True).stdout
    return {line.split()[5].removeprefix(".") for line in listed.splitlines()}


def test_its_ports_are_those_of_the_configuration():
    config = tomllib.loads((PACKAGING / "restanted.toml").read_text(encoding="utf-8"))
    ports = [listen["address"].rpartition(":")[2] for listen in config["listen"]
             if not listen["address"].startswith("127.")]
    assert said("EXPOSE") == [" ".join(ports)]


def test_its_user_and_folders_are_those_of_the_package():
    users = re.findall(r"^u (\S+)", (PACKAGING / "restante.sysusers").read_text(encoding="utf-8"),
                       re.MULTILINE)
    assert said("USER") == users
    config = tomllib.loads((PACKAGING / "restanted.toml").read_text(encoding="utf-8"))
    folders = re.findall(r"^d (/var/\S+)", (PACKAGING / "restante.tmpfiles").read_text(
        encoding="utf-8"), re.MULTILINE)
    assert said("VOLUME") == folders and config["data_dir"] in folders


def test_its_program_is_in_the_package():
    [command] = said("ENTRYPOINT")
    assert json.loads(command)[0] in installed_paths()


def test_documents_name_the_commands_that_make_and_run_it():
    document = (TOP / "docs" / "installing.md").read_text(encoding="utf-8")
    for words in ("packaging/Containerfile", "mmdebstrap --variant=minbase", "podman run",
                  *(f"{folder}" for folder in said("VOLUME"))):
        assert words in document, words


def commands():
    """Those of docs/installing.md that make the image."""
    document = (TOP / "docs" / "installing.md").read_text(encoding="utf-8")
    [block] = [block for block in re.findall(r"```sh\n(.*?)```", document, re.DOTALL)
               if "bookworm build/container/root.tar" in block]
    return block


def run(command):
    done = subprocess.run(["sh", "-ec", command], cwd=TOP, capture_output=True, text=True,
                          timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_documented_commands_make_an_image_that_starts():
    buildah = "buildah --storage-driver vfs"
    run(commands())
    container = run(f"{buildah} from restante").strip()
    try:
        told = run(f"{buildah} run --isolation chroot --user restante {container} -- "
                   "/usr/sbin/restanted --check-config")
        assert "restanted.toml: ok" in told
        made = json.loads(run(f"{buildah} inspect --type image restante"))["OCIv1"]["config"]
        assert made["User"] == "restante" and made["Entrypoint"] == ["/usr/sbin/restanted"]
        assert set(made["ExposedPorts"]) == {f"{port}/tcp" for port in said("EXPOSE")[0].split()} \
            or set(made["ExposedPorts"]) == set(said("EXPOSE")[0].split())
    finally:
        run(f"{buildah} rm {container}; {buildah} rmi restante")
