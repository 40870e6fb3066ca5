"""restantectl's command line itself: help, manual pages, completion, mistakes, and where it looks
for the configuration. The client's is tests/e2e/client/test_cli_frame.py."""

import os
import subprocess

import pytest

from harness.server import BIN

pytestmark = pytest.mark.sanitized
USAGE, CONFIG = 64, 78


def restantectl(*words, code=0, **more):
    result = subprocess.run([BIN / "restantectl", *words], capture_output=True, text=True,
                            timeout=60, check=False, **more)
    assert result.returncode == code, result.stderr
    return result


def test_every_command_has_a_manual_page(tmp_path):
    restantectl("man", "--directory", tmp_path)
    pages = sorted(tmp_path.iterdir())
    assert {"restantectl.1", "restantectl-account-add.1", "restantectl-maildrop-heal.1",
            "restantectl-backup-verify.1"} <= {page.name for page in pages}
    shown = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", *pages], text=True,
                           capture_output=True, timeout=120, check=True,
                           env={"PATH": "/usr/bin:/bin", "MANPAGER": "cat"})
    assert not shown.stderr, shown.stderr
    assert shown.stdout.count("EXAMPLES") >= 30
    assert restantectl("man", "account", "add").stdout == \
        (tmp_path / "restantectl-account-add.1").read_text() + "\n"
    restantectl("man", "acount", code=USAGE)


def test_completion():
    script = restantectl("completion", "bash").stdout
    offers = {}
    for words in ((), ("account",), ("--format",)):
        line = " ".join(f"'{word}'" for word in ("restantectl", *words, ""))
        code = script + (f"\nCOMP_WORDS=({line}); COMP_CWORD={len(words) + 1}; _restantectl; "
                         'printf "%s\\n" "${COMPREPLY[@]}"')
        offers[words] = subprocess.run(["bash", "--norc", "-c", code], capture_output=True,
                                       text=True, timeout=60, check=True).stdout.split()
    assert {"account", "maildrop", "backup"} <= set(offers[()])
    assert {"add", "import", "quota"} <= set(offers["account",])
    assert offers["--format",] == ["text", "json"]


def test_without_words_it_says_how_to_begin():
    result = restantectl(code=USAGE)
    lines = result.stderr.splitlines()
    assert lines[0].startswith("restantectl: ") and not result.stdout
    assert len([line for line in lines if line.startswith("  restantectl ")]) == 3
    assert "restantectl --help" in lines[-1]


@pytest.mark.parametrize("words,meant", [
    (["acount", "list"], "account"), (["account", "lst"], "account list"),
    (["account", "list", "--formt", "json"], "--format"), (["maildrop", "--config", "x", "chek"],
                                                           "maildrop check")])
def test_a_mistyped_word_names_the_nearest(words, meant):
    result = restantectl(*words, code=USAGE)
    assert f'did you mean "{meant}"?' in result.stderr and not result.stdout


@pytest.mark.parametrize("program", [("restantectl", "account", "list"), ("restanted",)])
def test_a_configuration_without_a_name_is_a_usage_error(program):
    """Of a variable that is not set, say; it would be the default's office."""
    result = subprocess.run([BIN / program[0], "--config", "", *program[1:]], text=True,
                            capture_output=True, timeout=60, check=False)
    assert result.returncode == USAGE and "--config" in result.stderr, result


def test_the_environment_names_the_configuration(make_server):
    server = make_server(start=False)
    environment = {**os.environ, "RESTANTE_CONFIG": str(server.config_path)}
    listed = restantectl("--format", "json", "account", "list", env=environment)
    assert listed.stdout == '{"accounts":[]}\n'
    checked = subprocess.run([BIN / "restanted", "--check-config"], env=environment, text=True,
                             capture_output=True, timeout=60, check=True)
    assert checked.stdout == f"{server.config_path}: ok\n"
    environment["RESTANTE_CONFIG"] = "/nonexistent/restanted.toml"
    result = restantectl("account", "list", code=CONFIG, env=environment)
    assert "/nonexistent/restanted.toml:1: file: cannot be read" in result.stderr
    # The command line comes first; what is printed of the program itself needs none.
    restantectl("--config", server.config_path, "account", "list", env=environment)
    restantectl("completion", "bash", env=environment)


def test_quiet_leaves_talk_out(make_server):
    server = make_server(start=False)
    server.ctl("account", "add", "alice", "--password-stdin", data=b"secret\n")
    told = server.ctl("device", "add", "alice", "phone")
    silent = server.ctl("--quiet", "device", "add", "alice", "pad")
    assert b"logs in with this" in told.stderr and silent.stderr == b""
    assert silent.stdout
