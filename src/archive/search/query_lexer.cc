#include "archive/search/query_lexer.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"

namespace restante::archive {
namespace {

using Kind = QueryToken::Kind;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool ends_term(char c) { return is_blank(c) || c == '(' || c == ')' || c == '"'; }

class Lexer {
 public:
  explicit Lexer(std::string_view query) : query_(query) {}

  LexedQuery run() {
    LexedQuery lexed;
    for (;;) {
      while (at_ < query_.size() && is_blank(query_[at_])) ++at_;
      QueryToken token;
      token.at = at_;
      if (at_ < query_.size() && !take(token)) return LexedQuery{{}, std::move(mistake_)};
      token.bytes = std::max<std::size_t>(at_ - token.at, 1);
      lexed.tokens.push_back(token);
      if (token.kind == Kind::kEnd) return lexed;
    }
  }

 private:
  bool fail(std::size_t at, std::size_t bytes, std::string what) {
    mistake_ = {at, bytes, std::move(what)};
    return false;
  }

  bool take(QueryToken& token) {
    switch (query_[at_]) {
      case '(':
        token.kind = Kind::kOpen;
        ++at_;
        return true;
      case ')':
        token.kind = Kind::kClose;
        ++at_;
        return true;
      case '-': return take_minus(token);
      default: token.kind = Kind::kTerm; return take_term(token);
    }
  }

  bool take_minus(QueryToken& token) {
    token.kind = Kind::kNot;
    ++at_;
    const bool stands_before =
        at_ < query_.size() && !is_blank(query_[at_]) && query_[at_] != ')' && query_[at_] != '-';
    return stands_before || fail(token.at, 1,
                                 "a - belongs to the word behind it, which must not be there: "
                                 "write it without a blank, or leave it out");
  }

  /// What stands before a colon at this place, in lower case; empty: no name.
  std::string take_name() {
    std::size_t end = at_;
    const auto is_name = [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; };
    if (end < query_.size() && !is_alpha(query_[end])) return {};
    while (end < query_.size() && is_name(query_[end])) ++end;
    if (end == at_ || end == query_.size() || query_[end] != ':') return {};
    // "https://a.example/" and "std::string" are words.
    const std::string_view behind = query_.substr(end + 1);
    if (behind.starts_with("//") || behind.starts_with(':')) return {};
    const std::string name = to_lower(query_.substr(at_, end - at_));
    at_ = end + 1;
    return name == "mailto" ? std::string() : name;  // An address as a page has it.
  }

  bool take_term(QueryToken& token) {
    token.field = take_name();
    if (token.field == "header") token.header = take_name();
    const bool is_group = !token.field.empty() && at_ < query_.size() && query_[at_] == '(';
    if (is_group) {
      token.kind = Kind::kOpen;
      ++at_;
      return true;
    }
    if (at_ < query_.size() && query_[at_] == '"') return take_quoted(token);
    std::size_t end = at_;
    while (end < query_.size() && !ends_term(query_[end])) ++end;
    token.text = query_.substr(at_, end - at_);
    at_ = end;
    if (token.field.empty()) take_operator(token);
    return true;
  }

  bool take_quoted(QueryToken& token) {
    const std::size_t end = query_.find('"', at_ + 1);
    if (end == std::string_view::npos)
      return fail(token.at, query_.size() - token.at, "the quote has no end: write another \"");
    token.quoted = true;
    token.text = query_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    if (at_ < query_.size() && query_[at_] == '*') {
      token.text += '*';
      ++at_;
    }
    return true;
  }

  static void take_operator(QueryToken& token) {
    if (equals_ignore_case(token.text, "and")) token.kind = Kind::kAnd;
    if (equals_ignore_case(token.text, "or")) token.kind = Kind::kOr;
    if (equals_ignore_case(token.text, "not")) token.kind = Kind::kNot;
  }

  const std::string_view query_;
  std::size_t at_ = 0;
  QueryMistake mistake_;
};

}  // namespace

LexedQuery lex_query(std::string_view query) { return Lexer(query).run(); }

}  // namespace restante::archive
