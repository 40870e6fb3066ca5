#include "accounts/postgresql/query_text.h"

#include <algorithm>

#include "base/ascii.h"

namespace restante::accounts::postgresql {
namespace {

constexpr std::size_t kNumberMax = 65535;  // PostgreSQL's own limit.

/// Letters beyond ASCII are letters to PostgreSQL.
bool is_of_a_word(char c) {
  return is_alpha(c) || is_digit(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

/// Walks over a text; each function takes the part that it names, at the front.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] bool starts(std::string_view with) const { return rest_.starts_with(with); }
  [[nodiscard]] char front() const { return rest_.front(); }
  void skip(std::size_t count) { rest_.remove_prefix(std::min(count, rest_.size())); }

  std::string_view word() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_of_a_word);
    const std::string_view found = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    skip(found.size());
    return found;
  }

  /// To the next such mark. A doubled mark stands for one within, and so does one after a backslash
  /// where backslashes count.
  void quoted(char mark, bool backslashes) {
    skip(1);
    while (!at_end()) {
      const char c = front();
      skip(1);
      if (backslashes && c == '\\') {
        skip(1);
        continue;
      }
      if (c != mark) continue;
      if (at_end() || front() != mark) return;
      skip(1);
    }
  }

  /// Such comments can lie in one another.
  void comment() {
    std::size_t depth = 0;
    do {
      if (starts("/*")) {
        ++depth;
        skip(2);
      } else if (starts("*/")) {
        --depth;
        skip(2);
      } else {
        skip(1);
      }
    } while (depth > 0 && !at_end());
  }

  void line() { skip(rest_.find('\n')); }

  /// "$1": its number; "$$…$$" and "$tag$…$tag$", which are strings, and a lone "$": 0.
  std::size_t dollar() {
    std::size_t number = 0;
    std::size_t length = 1;
    for (; length < rest_.size() && is_digit(rest_[length]); ++length)
      number = std::min(number * 10 + static_cast<std::size_t>(rest_[length] - '0'), kNumberMax);
    if (length > 1) {
      skip(length);
      return number;
    }
    while (length < rest_.size() && is_of_a_word(rest_[length])) ++length;
    if (length == rest_.size() || rest_[length] != '$') {
      skip(1);
      return 0;
    }
    const std::string_view tag = rest_.substr(0, length + 1);
    const std::size_t end = rest_.find(tag, tag.size());
    skip(end == std::string_view::npos ? rest_.size() : end + tag.size());
    return 0;
  }

 private:
  std::string_view rest_;
};

}  // namespace

std::size_t count_parameters(std::string_view sql) {
  std::size_t highest = 0;
  Reader reader(sql);
  while (!reader.at_end()) {
    const char c = reader.front();
    if (c == '\'' || c == '"') {
      reader.quoted(c, false);
    } else if (reader.starts("--")) {
      reader.line();
    } else if (reader.starts("/*")) {
      reader.comment();
    } else if (c == '$') {
      highest = std::max(highest, reader.dollar());
    } else if (is_digit(c)) {
      reader.word();  // "1$1" is a number and a parameter.
    } else if (is_of_a_word(c)) {
      // A dollar within a word belongs to it: "a$1" is a name.
      std::string_view word = reader.word();
      const bool escapes = equals_ignore_case(word, "E");
      while (!reader.at_end() && reader.front() == '$') {
        reader.skip(1);
        word = reader.word();
      }
      if (escapes && !reader.at_end() && reader.front() == '\'') reader.quoted('\'', true);
    } else {
      reader.skip(1);
    }
  }
  return highest;
}

Status check_query(std::string_view sql) {
  const std::size_t count = count_parameters(sql);
  if (count > kParametersMax)
    return Error(Errc::kSyntax, "has $" + std::to_string(count) +
                                    "; there are $1 (the name), $2 (its local part) and $3 (its "
                                    "domain)");
  return ok();
}

}  // namespace restante::accounts::postgresql
