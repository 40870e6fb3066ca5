#include "accounts/ldap/filter_grammar.h"

#include <algorithm>
#include <string>

#include "base/ascii.h"

namespace restante::accounts::ldap {
namespace {

constexpr std::size_t kNestingMax = 32;

bool is_hex(char c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); }

/// Of an attribute, with its options and matching rules: "cn;lang-de", "o:dn:2.4.6".
bool is_of_a_description(char c) {
  return is_alpha(c) || is_digit(c) || std::string_view("-._;:").find(c) != std::string_view::npos;
}

class Grammar {
 public:
  explicit Grammar(std::string_view text) : text_(text) {}

  Status check() {
    RESTANTE_CHECKED(filter(0));
    blanks();
    return at_end() ? ok() : wrong("ends before");
  }

 private:
  // RFC 4515 s.3: filter.
  Status filter(std::size_t depth) {
    if (depth > kNestingMax) return Error(Errc::kSyntax, "is nested too deeply");
    // Servers pass over blanks between parts, and people write filters of several lines.
    blanks();
    if (!take('(')) return wrong("needs \"(\" at");
    blanks();
    if (take('&') || take('|')) {
      for (blanks(); peek() == '('; blanks()) RESTANTE_CHECKED(filter(depth + 1));
    } else if (take('!')) {
      RESTANTE_CHECKED(filter(depth + 1));
      blanks();
    } else {
      RESTANTE_CHECKED(item());
    }
    return take(')') ? ok() : wrong("has parentheses that do not match: needs \")\" at");
  }

  // item: "mail=x", "cn~=x", "o:dn:=x".
  Status item() {
    const std::size_t start = at_;
    while (!at_end() && is_of_a_description(peek())) ++at_;
    const std::string_view description = text_.substr(start, at_ - start);
    const bool extended = description.ends_with(':');
    if (description.empty() || description == ":") return wrong("needs an attribute at");
    if (!extended && description.find(':') != std::string_view::npos)
      return wrong("needs \":=\" at");
    if (!extended && (peek() == '~' || peek() == '<' || peek() == '>')) ++at_;
    if (!take('=')) return wrong("needs \"=\" at");
    for (; !at_end() && peek() != ')'; ++at_) {
      // It is a slip for a part of its own.
      if (peek() == '(') return wrong("needs \\28 for the parenthesis at");
      if (peek() != '\\') continue;
      const std::string_view digits = text_.substr(at_ + 1, 2);
      if (digits.size() < 2 || !std::all_of(digits.begin(), digits.end(), is_hex))
        return wrong("needs two hexadecimal digits behind the backslash at");
    }
    return ok();
  }

  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[at_]; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void blanks() {
    while (peek() == ' ') ++at_;
  }
  [[nodiscard]] Error wrong(std::string_view what) const {
    const std::string place =
        at_end() ? "its end" : "\"" + std::string(text_.substr(at_, 20)) + "\"";
    return Error(Errc::kSyntax, std::string(what) + " " + place);
  }

  const std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Status check_filter_grammar(std::string_view filter) { return Grammar(filter).check(); }

}  // namespace restante::accounts::ldap
