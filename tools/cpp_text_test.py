import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import cpp_text  # noqa: E402


@pytest.mark.parametrize("text, code", [
    ("a // b", "a "),
    ("a /* b\nc */ d", "a \n d"),
    ('f("x; // y") + 1', 'f(" ") + 1'),
    (r'"\"{" {', '" " {'),
    ("'{' + 1'000", '" " + 1\'000'),
    ('R"(a " { \n)" b', '" \n " b'),
    ('R"x()" {)x" b', '" " b'),
    ("// unended", " "),
    ("/* unended", " "),
    ('"unended\nb', '" "\nb'),
    ('"unended\\', '" "'),
])
def test_code_has_no_comments_and_no_literals(text, code):
    got = cpp_text.code_of(text)
    assert re.sub(" +", " ", got) == code  # How many blanks, the length says.
    assert len(got) == len(text)
    assert got.count("\n") == text.count("\n")


SOURCE = """#include <x>
namespace a {
struct S {
  int f() const { return 1; }
  S(int x) : x_(x) {
    g();
  }
};
#define X
template <typename T>
T twice(T t)
{
  auto l = [&] { return t; };
  if (t) { t = 2; }
  return l();
}
constexpr auto kTable = to_array({
    {1, 2},
});
enum class E { kA };
auto g() -> int {
  return 1;
}
}  // namespace a
"""


def test_functions_are_found_with_their_lines():
    found = cpp_text.functions_of(cpp_text.code_of(SOURCE))
    assert [(f.line, f.lines) for f in found] == [(4, 1), (5, 3), (10, 7), (21, 3)]
    assert [f.head.split("(")[0].split()[-1] for f in found] == ["f", "S", "twice", "g"]


@pytest.mark.parametrize("code, end", [
    ("a(b, c); d", "a(b, c)"),
    ("a, b);", "a"),
    ("a[1])", "a[1]"),
    ("a{1}; }", "a{1}"),
    ("a", "a"),
])
def test_expressions_end(code, end):
    assert code[:cpp_text.expression_end(code, 0)] == end
