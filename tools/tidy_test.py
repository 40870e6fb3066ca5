import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import tidy  # noqa: E402

CMAKE = """restante_module(base LIBRARIES fmt::fmt)
restante_module(mail USES base)
restante_module(smtp USES mail
                LIBRARIES net)
restante_module(net USES base PCH asio.h)
restante_module(accounts USES base)
restante_module(config USES base)
"""


def tree(**files):
    """{path: File} of a small project; `__` in a name stands for /, `DOT` for a dot."""
    texts = {"src/CMakeLists.txt": CMAKE}
    for name, text in files.items():
        texts[name.replace("__", "/").replace("DOT", ".")] = text
    return {path: tidy.File(path, text) for path, text in texts.items()}


def rules(files):
    return [finding.rule for finding in tidy.check(files)]


def cpp(text, path="src/base/x.cc"):
    """The rules that one C++ file breaks, but for those on its place in the tree."""
    return [finding.rule for finding in tidy.check({path: tidy.File(path, text)})]


@pytest.mark.parametrize("text, expected", [
    ("int a;\n", []),
    ("int a; \n", ["blanks"]),
    ("\tint a;\n", ["tabs"]),
    ("int a;", ["newline"]),
    ("// " + "x" * 97 + "\n", []),
    ("// " + "x" * 98 + "\n", ["columns"]),
    ("// " + "ö" * 97 + "\n", []),
    ("// FIXME\n", ["leftover"]),
    ("// TODO later\n", ["leftover"]),
    ("// TODO(#12) later\n", []),
])
def test_lines(text, expected):
    assert cpp(text) == expected


@pytest.mark.parametrize("path, lines, expected", [
    ("src/base/x.cc", 400, []),
    ("src/base/x.cc", 401, ["length"]),
    ("src/base/x.cc", 601, ["length"]),
    ("src/base/x_test.cc", 800, []),
    ("src/base/x_test.cc", 801, ["length"]),
    ("src/pop3/server_session.cc", 200, []),
    ("src/pop3/server_session.cc", 201, ["session"]),
    ("src/server/session/pop3_driver.cc", 201, ["session"]),
    ("tools/x.py", 601, ["length"]),
    ("tools/list.txt", 2000, []),
])
def test_file_lengths(path, lines, expected):
    assert cpp("\n" * lines, path) == expected


def test_only_a_warning_up_to_the_limit():
    def fails(lines):
        found = tidy.check({"src/base/x.cc": tidy.File("src/base/x.cc", "\n" * lines)})
        return [finding.fails for finding in found]
    assert fails(600) == [False]
    assert fails(601) == [True]


@pytest.mark.parametrize("path, text, expected", [
    ("src/base/x.cc", "// Whoever waits.\n", ["words"]),
    ("src/base/x.cc", "int a;  ///< Mail is\n        ///< to be kept.\n", ["words"]),
    ("src/base/x.cc", "/* nobody */ int a;\n", ["words"]),
    ("src/base/x.cc", "// As `nobody`.\nauto nobody = \"whoever // whatever\";\n", []),
    ("tests/x.py", '"""Waits for\nnobody."""\n', ["words"]),
    ("tests/x.py", 'def f():  # So many.\n    # First.\n    """Whatever."""\n', ["words"] * 2),
    ("tests/x.py", 'f("nobody")\nx = "# whoever"\n', []),
    ("tools/x.sh", "a  # whatever\n# is to\n# be\n", ["words"] * 2),
    ("tools/x.sh", "echo ${#nobody} '#nobody'\n", []),
])
def test_words_of_comments(path, text, expected):
    assert [finding.rule for finding in tidy.check({path: tidy.File(path, text)})] == expected


@pytest.mark.parametrize("lines, expected", [(70, []), (71, ["function"])])
def test_function_lengths(lines, expected):
    assert cpp("void f() {\n" + "  g();\n" * (lines - 2) + "}\n") == expected


@pytest.mark.parametrize("code", [
    "atoi(a)", "std::stoul(a)", "strtol(a, b, 10)", "isspace(c)", "std::tolower(c)",
    "std::regex r", "sleep(1)", "std::this_thread::sleep_for(x)", "usleep(1)", "assert(a)",
    "sprintf(a, b)", "strcpy(a, b)", "rand()", "gmtime(&t)", "spawn(x, detached)",
])
def test_banned_calls(code):
    assert cpp(f"void f() {{ {code}; }}\n") == ["banned"]


@pytest.mark.parametrize("code", [
    "static_assert(a)", "parse_decimal<int>(a)", "to_lower(a)", "my_assert(a)", "gmtime_r(&t, &b)",
    'say("atoi(x)")', "g()  // assert(x)\n", "is_space(c)", "operand()",
])
def test_what_only_looks_banned(code):
    assert cpp(f"void f() {{ {code}; }}\n") == []


@pytest.mark.parametrize("path, code, expected", [
    ("src/net/x.cc", "auto a = std::strerror(errno);\n", ["banned"]),
    ("src/net/x.cc", "auto a = std::generic_category().message(errno);\n", ["banned"]),
    ("apps/restante/x.cc", "auto a = ::strerror_r(errno, b, n);\n", ["banned"]),
    ("src/files/x.cc", "auto a = std::generic_category().message(errno);\n", []),
    ("src/disk/x.cc", "auto a = std::strerror(errno);\n", []),
    ("src/net/x_test.cc", "auto a = std::strerror(errno);\n", []),
    ("bench/load/x.cc", "auto a = std::strerror(errno);\n", []),
    ("src/fetch/x.cc", "auto a = curl_easy_strerror(code);\n", []),
    ("src/fetch/x.cc", "int a = ::posix_spawnp(&b, c, d, e, f, g);\n", ["banned"]),
    ("apps/restante/x.cc", "int a = ::execl(b, c);\n", ["banned"]),
    ("src/programs/x.cc", "int a = ::posix_spawnp(&b, c, d, e, f, g);\n", []),
])
def test_what_stands_in_few_folders(path, code, expected):
    assert cpp(code, path) == expected


def test_detached_where_coroutines_are_spawned():
    assert cpp("void f() { spawn(x, detached); }\n", "src/net/worker.cc") == []


@pytest.mark.parametrize("code, expected", [
    ("co_await f(a);", []),
    ("auto x = co_await f(g(a), b[1]);", []),
    ("co_await f([] { return 1; });", ["co_await"]),
    ("co_await f([&] { return 1; });", ["co_await"]),
    ("co_await f([this](int) { return 1; });", ["co_await"]),
    ("co_await f({1, 2});", ["co_await"]),
    ("co_await f(Reply{1});", ["co_await"]),
    ("if (co_await f()) g();", ["co_await"]),
    ("if (!co_await f()) g();", ["co_await"]),
    ("if (const auto x = co_await f()) g(x);", ["co_await"]),
    ("while (co_await f()) {}", ["co_await"]),
    ("if (a) { co_await f(); }", []),
    ("TRY(auto x, co_await f(), {});", []),
    ("spawn([a]() -> awaitable<void> { co_return; });", ["coroutine"]),
    ("spawn([]() -> awaitable<void> { co_return; });", []),
])
def test_co_await_forms(code, expected):
    assert cpp(f"void f() {{ {code} }}\n") == expected


@pytest.mark.parametrize("head, expected", [
    ("awaitable<Status> f(std::string a);", []),
    ("awaitable<Status> f(std::string_view a);", ["coroutine"]),
    ("asio::awaitable<Result<int>> C::f(int a, ByteView b) {}", ["coroutine"]),
    ("Status f(std::string_view a);", []),
])
def test_coroutine_parameters(head, expected):
    assert cpp(head + "\n") == expected


@pytest.mark.parametrize("text, expected", [
    ("// What.\n#pragma once\nint a;\n", []),
    ("#pragma once\nint a;\n", ["head"]),
    ("// What.\nint a;\n", ["once"]),
    ("// What.\n#include <x>\n#pragma once\n", ["once"]),
    ("// What.\n#pragma once\nusing namespace std;\n", ["banned"]),
])
def test_headers(text, expected):
    assert cpp(text, "src/base/x.h") == expected


HEADER = "// What.\n#pragma once\n"


def test_a_tree_without_mistakes():
    assert rules(tree(src__base__xDOTh=HEADER, src__base__xDOTcc='#include "base/x.h"\n',
                      src__base__x_testDOTcc='#include "base/x.h"\n')) == []


def test_own_header_comes_first():
    files = tree(src__base__xDOTh=HEADER, src__base__xDOTcc='#include <a>\n#include "base/x.h"\n',
                 src__base__x_testDOTcc='#include <a>\n#include "base/x.h"\n')
    assert rules(files) == ["include", "include"]


@pytest.mark.parametrize("folder, include, expected", [
    ("mail", '"base/a.h"', []),
    ("smtp", '"base/a.h"', []),  # Through mail.
    ("base", '"mail/a.h"', ["arrow"]),
    ("smtp", '"net/a.h"', ["arrow"]),
    ("base", '"base/none.h"', ["include"]),
    ("net", "<boost/asio.hpp>", []),
    ("base", "<boost/asio.hpp>", ["outside"]),
    ("mail", "<openssl/ssl.h>", ["outside"]),
    ("accounts", "<sqlite3.h>", ["outside"]),
    ("base", "<sqlite3.h>", ["outside"]),
    ("base", "<toml++/toml.h>", ["outside"]),
    ("base", "<gtest/gtest.h>", ["outside"]),
])
def test_includes_follow_the_arrows(folder, include, expected):
    files = tree(src__base__aDOTh=HEADER, src__mail__aDOTh=HEADER, src__net__aDOTh=HEADER,
                 src__base__used_testDOTcc='#include "base/a.h"\n',
                 src__mail__used_testDOTcc='#include "mail/a.h"\n',
                 src__net__used_testDOTcc='#include "net/a.h"\n',
                 **{f"src__{folder}__yDOTcc": f"#include {include}\n",
                    f"src__{folder}__y_testDOTcc": "\n"})
    assert rules(files) == expected


@pytest.mark.parametrize("path, include, expected", [
    ("apps/restantectl/maildrops/dump_commands.cc", "maildrop/log/check/dump.h", []),
    ("apps/restantectl/maildrops/check_commands.cc", "maildrop/log/check/check.h", ["door"]),
    ("src/server/x.cc", "maildrop/log/check/check.h", ["door"]),
    ("src/server/x.cc", "maildrop/store.h", []),
    ("apps/restantectl/x.cc", "maildrop/log/backup/backup.h", ["door"]),
])
def test_back_ends_are_reached_by_their_door(path, include, expected):
    file = tidy.File(path, f'#include "{include}"\n')
    assert [finding.rule for finding in tidy.check_doors({path: file})] == expected


def test_mail_is_read_in_reader_processes():
    reads = "auto mail = archive::MimeMessage::open(file, 1);\n"
    assert "jail" in rules(tree(apps__restante__xDOTcc=reads))
    assert "jail" not in rules(tree(apps__restante__x_testDOTcc=reads))


def test_orphans():
    assert rules(tree(src__gone__x_testDOTcc="\n")) == ["orphan"]
    assert rules(tree(src__base__x_benchDOTcc="\n")) == ["orphan"]
    assert rules(tree(src__base__xDOTh=HEADER)) == ["orphan"]
    assert rules(tree(fuzz__CMakeListsDOTtxt="GLOB(*_fuzz.cc) a.cc\n", fuzz__x_fuzzDOTcc="\n",
                      fuzz__aDOTcc="\n", fuzz__bDOTcc="\n")) == ["orphan"]
    assert rules(tree(tools__xDOTpy="SOURCE = 'tools/a.cc'\n", tools__aDOTcc="\n",
                      tools__bDOTcc="\n")) == ["orphan"]


def test_untested_files_need_a_reason():
    assert rules(tree(src__base__xDOTcc="\n")) == ["untested"]
    assert rules(tree(src__base__xDOTcc="\n", src__base__x_testDOTcc="\n")) == []
    listed = tree(src__base__xDOTcc="\n", tools__untestedDOTtxt="src/base/x.cc: in y_test.cc\n")
    assert rules(listed) == []


def test_the_test_that_an_exception_names_must_exist():
    def with_reason(reason):
        return rules(tree(src__base__xDOTcc="\n", src__base__y_testDOTcc="\n",
                          tools__untestedDOTtxt=f"src/base/x.cc: {reason}\n"))
    assert with_reason("covered by src/base/y_test.cc") == []
    assert with_reason("covered by src/base/z_test.cc") == ["untested"]


@pytest.mark.parametrize("line", ["src/base/none.cc: gone\n", "src/base/x.cc: tested\n"])
def test_stale_exceptions_are_found(line):
    assert rules(tree(src__base__xDOTcc="\n", src__base__x_testDOTcc="\n",
                      tools__untestedDOTtxt=line)) == ["untested"]


def test_a_finding_reads_like_a_compilers():
    finding, = tidy.check({"src/base/x.cc": tidy.File("src/base/x.cc", "int a;\nint b; \n")})
    assert str(finding) == "src/base/x.cc:2: blanks: blanks at the end — remove them"


def test_main_reads_a_tree_and_fails(tmp_path, capsys):
    (tmp_path / "src/base").mkdir(parents=True)
    (tmp_path / "src/CMakeLists.txt").write_text(CMAKE)
    assert tidy.main([str(tmp_path)]) == 0
    (tmp_path / "src/base/x.cc").write_text("int a;")
    assert tidy.main([str(tmp_path)]) == 1
    assert "src/base/x.cc:1: newline" in capsys.readouterr().out
