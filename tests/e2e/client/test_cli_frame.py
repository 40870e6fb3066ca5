"""The client's command line itself: help, version, manual pages, completion, mistakes."""

import json
import pathlib
import subprocess

import pytest

from harness.server import BIN, ROOT

pytestmark = pytest.mark.sanitized_long
USAGE, NO_INPUT, IO_ERROR, CONFIG = 64, 66, 74, 78


def restante(*words, code=0, **more):
    result = subprocess.run([BIN / "restante", *words], capture_output=True, text=True,
                            timeout=60, check=False, **more)
    assert result.returncode == code, result.stderr
    return result


def commands(words=()):
    """Every command as words, from the help of those above."""
    lines = restante(*words, "--help").stdout.splitlines()
    if "Subcommands:" not in lines:
        return [words]
    found = []
    for line in lines[lines.index("Subcommands:") + 1:]:
        if not line.strip():
            break
        if not line.startswith("   "):
            found += commands((*words, line.split()[0]))
    return found


COMMANDS = commands() if (BIN / "restante").is_file() else []


def test_a_command_that_hands_nothing_on_loads_no_libcurl():
    """It brings two dozen libraries with it, which every start would pay for."""
    loaded = restante("--version", env={"LD_DEBUG": "files"}).stderr
    assert "libsqlite3" in loaded and "libcurl" not in loaded


def test_a_command_that_reads_no_mail_loads_no_poppler():
    """It brings as many."""
    loaded = restante("--version", env={"LD_DEBUG": "files"}).stderr
    assert "libsqlite3" in loaded and "poppler" not in loaded and "restante_pdf" not in loaded


def test_there_are_commands():
    assert ("fetch",) in COMMANDS and ("account", "add") in COMMANDS


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_examples_and_a_manual_page(words, tmp_path):
    text = restante(*words, "--help").stdout
    assert "Usage: restante " + " ".join(words) in text
    assert "Examples:\n  " in text and f"restante {words[0]}" in text
    page = tmp_path / "page.1"
    page.write_text(restante("man", *words).stdout)
    shown = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", page], text=True,
                           capture_output=True, timeout=60, check=True,
                           env={"PATH": "/usr/bin:/bin", "MANPAGER": "cat"})
    assert "EXAMPLES" in shown.stdout and "SYNOPSIS" in shown.stdout
    assert not shown.stderr, shown.stderr


def test_all_pages_at_once(tmp_path):
    restante("man", "--directory", tmp_path / "man1")
    pages = {path.name for path in (tmp_path / "man1").iterdir()}
    assert {"restante.1"} | {f"restante-{'-'.join(words)}.1" for words in COMMANDS} <= pages
    restante("man", "no-such", code=NO_INPUT)


def complete(shell, *words):
    """What the shell offers for the last of the words."""
    script = restante("completion", shell).stdout
    line = " ".join(("restante", *words))
    if shell == "fish":
        code = script + f"\ncomplete -C '{line}'"
        offers = subprocess.run(["fish", "--no-config", "-c", code], capture_output=True,
                                text=True, timeout=60, check=True).stdout
        return [offer.split("\t")[0] for offer in offers.splitlines()]
    if shell == "zsh":
        quoted = " ".join(f'"{word}"' for word in ("restante", *words))
        code = ("compdef() { :; }\n_files() { :; }\ncompadd() { shift; print -l -- $@; }\n" + script
                + f"\nwords=({quoted}); CURRENT={len(words) + 1}; _restante")
        return subprocess.run(["zsh", "-f", "-c", code], capture_output=True, text=True,
                              timeout=60, check=True).stdout.split()
    quoted = " ".join(f"'{word}'" for word in ("restante", *words))
    code = script + (f"\nCOMP_WORDS=({quoted}); COMP_CWORD={len(words)}; _restante; "
                     'printf "%s\\n" "${COMPREPLY[@]}"')
    return subprocess.run(["bash", "--norc", "-c", code], capture_output=True, text=True,
                          timeout=60, check=True).stdout.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell):
    assert {"fetch", "account", "probe"} <= set(complete(shell, ""))
    assert {"add", "list", "login", "show", "test"} <= set(complete(shell, "account", ""))
    assert {"text", "json", "jsonl"} <= set(complete(shell, "--format", ""))
    assert {"bash", "zsh", "fish"} <= set(complete(shell, "completion", ""))
    assert "--dry-run" in complete(shell, "fetch", "--")
    assert "--dry-run" not in complete(shell, "account", "--")


def test_version():
    assert restante("--version").stdout.startswith("restante 0.")


@pytest.mark.parametrize("words", [[], ["nonsense"], ["account"], ["fetch", "--nonsense"],
                                   ["--format", "xml", "fetch"], ["fetch", "--watch", "--dry-run"],
                                   ["probe"], ["completion", "tcsh"]], ids=" ".join)
def test_usage_mistakes(words):
    result = restante(*words, code=USAGE)
    assert result.stderr.startswith("restante: ") and "--help" in result.stderr
    assert not result.stdout


def test_without_words_it_says_how_to_begin():
    lines = restante(code=USAGE).stderr.splitlines()
    assert len([line for line in lines if line.startswith("  restante ")]) == 3
    assert "restante --help" in lines[-1]


@pytest.mark.parametrize("words,meant", [
    (["fetsh"], "fetch"), (["account", "lst"], "account list"), (["-q", "lits"], "list"),
    (["fetch", "--dry-rum"], "--dry-run")], ids=lambda each: str(each))
def test_a_mistyped_word_names_the_nearest(words, meant):
    assert f'did you mean "{meant}"?' in restante(*words, code=USAGE).stderr


def test_configuration_mistakes_name_file_line_and_key(client):
    client.config_path.write_text('archive = "x"\n[[account]]\nname = "a"\nhots = "h"\n')
    result = client.run("fetch", code=CONFIG)
    lines = result.stderr.decode().splitlines()
    assert lines == [f"{client.config_path}:2: account.host: is missing",
                     f"{client.config_path}:2: account.user: is missing",
                     f'{client.config_path}:4: account.hots: unknown key; did you mean "host"?']
    client.run("completion", "bash")  # Needs none.


def test_a_password_in_a_file_that_others_can_read(client):
    client.add_account(995, "u", "Secret1234")
    client.config_path.chmod(0o644)
    result = client.run("account", "list", code=CONFIG)
    assert b"account.password: others can read this file" in result.stderr
    assert b"Secret1234" not in result.stderr


def test_no_configuration_says_what_to_do(tmp_path):
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    result = restante("fetch", code=CONFIG, env=environment)
    assert f"{tmp_path}/.config/restante/restante.toml:1: file: cannot be read" in result.stderr
    assert "`restante account add` makes one" in result.stderr


def test_where_it_looks(client, tmp_path):
    folder = tmp_path / "x" / "restante"
    folder.mkdir(parents=True)
    (folder / "restante.toml").write_text(f'archive = "{tmp_path}/archive"\n')
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent",
                   "XDG_CONFIG_HOME": str(tmp_path / "x")}
    assert json.loads(restante("--format", "json", "account", "list",
                               env=environment).stdout) == []


def test_a_full_output_is_an_error(client):
    with open("/dev/full", "w", encoding="ascii") as full:
        result = subprocess.run([BIN / "restante", "completion", "bash"], stdout=full,
                                stderr=subprocess.PIPE, timeout=60, check=False)
    assert result.returncode == IO_ERROR
    assert b"cannot write to stdout" in result.stderr


def test_units_are_valid(tmp_path):
    units = sorted(str(path) for path in
                   pathlib.Path(ROOT / "packaging/systemd").glob("restante-*"))
    assert len(units) == 3
    result = subprocess.run(["systemd-analyze", "--user", "--man=no", "verify", *units],
                            capture_output=True, text=True, timeout=60, check=False,
                            env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path),
                                 "XDG_RUNTIME_DIR": str(tmp_path)})
    strange = [line for line in result.stderr.splitlines()
               if "restante" in line and "is not executable" not in line]
    assert not strange, strange
