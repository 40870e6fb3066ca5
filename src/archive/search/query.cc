#include "archive/search/query.h"

#include <utility>

#include "archive/message/header_words.h"
#include "archive/search/query_fields.h"
#include "archive/search/query_lexer.h"
#include "archive/search/query_range.h"
#include "archive/search/query_stars.h"
#include "base/ascii.h"
#include "base/numbers.h"
#include "text/charsets/charset.h"
#include "text/words.h"

namespace restante::archive {
namespace {

using Kind = QueryToken::Kind;

constexpr const char* kFieldInField = "a field inside a field's ( ): close it before";

template <typename T>
QueryTree node(T value) {
  auto made = std::make_unique<QueryNode>();
  made->is = std::move(value);
  return made;
}

std::string without_brackets(std::string_view id) {
  if (id.starts_with('<')) id.remove_prefix(1);
  if (id.ends_with('>')) id.remove_suffix(1);
  return std::string(id);
}

/// Recursive descent; the first mistake ends it.
class Parser {
 public:
  Parser(std::vector<QueryToken> tokens, std::chrono::sys_seconds now)
      : tokens_(std::move(tokens)), now_(now) {}

  ParsedQuery run() {
    ParsedQuery parsed;
    if (token().kind == Kind::kEnd) {
      // No words ask for all messages.
      parsed.tree = node(AllOf{});
      return parsed;
    }
    parsed.tree = any(0);
    if (parsed.tree && token().kind == Kind::kClose)
      parsed.tree = fail("nothing is open here: leave the ) out, or write a ( before");
    parsed.mistake = std::move(mistake_);
    return parsed;
  }

 private:
  [[nodiscard]] const QueryToken& token() const { return tokens_[at_]; }

  QueryTree fail(std::string what) {
    mistake_ = {token().at, token().bytes, std::move(what)};
    return nullptr;
  }

  /// Parts with "or" between them, which binds weakest. A single part needs no group.
  QueryTree any(std::size_t depth) {
    AnyOf group;
    for (;;) {
      QueryTree part = all(depth);
      if (!part) return nullptr;
      group.parts.push_back(std::move(part));
      if (token().kind != Kind::kOr) break;
      ++at_;
    }
    return group.parts.size() == 1 ? std::move(group.parts.front()) : node(std::move(group));
  }

  /// Parts side by side, or with "and" between them.
  QueryTree all(std::size_t depth) {
    AllOf group;
    for (;;) {
      QueryTree part = one(depth);
      if (!part) return nullptr;
      group.parts.push_back(std::move(part));
      if (token().kind == Kind::kAnd) {
        ++at_;
      } else if (token().kind == Kind::kEnd || token().kind == Kind::kOr ||
                 token().kind == Kind::kClose) {
        break;
      }
    }
    return group.parts.size() == 1 ? std::move(group.parts.front()) : node(std::move(group));
  }

  QueryTree one(std::size_t depth) {
    // Two of them cancel out. A loop, since a long row would fill the stack by recursion.
    bool negated = false;
    while (token().kind == Kind::kNot) {
      negated = !negated;
      ++at_;
    }
    QueryTree part;
    if (token().kind == Kind::kOpen) {
      part = group(depth);
    } else if (token().kind == Kind::kTerm) {
      part = term();
      ++at_;
    } else {
      return fail(token().kind == Kind::kEnd ? "something is missing at the end"
                                             : "a word is missing before this");
    }
    if (!part || !negated) return part;
    return node(NoneOf{std::move(part)});
  }

  /// With a field before it, all terms inside are of that field.
  QueryTree group(std::size_t depth) {
    // Each ( is a level of recursion.
    if (depth >= kQueryDepthMax) return fail("too many parentheses");
    const QueryToken open = token();
    if (!open.field.empty()) {
      if (scope_ != nullptr) return fail(kFieldInField);
      if (!text_field(open.field, open.header) && !column_field(open.field))
        return fail(no_such_field(open.field));
      scope_ = &token();
    }
    ++at_;
    QueryTree inside = any(depth + 1);
    if (!open.field.empty()) scope_ = nullptr;
    if (!inside) return nullptr;
    if (token().kind != Kind::kClose) {
      // Told where it opens: the end of the query, where it is missed, says nothing.
      mistake_ = {open.at, open.bytes, "this ( has no )"};
      return nullptr;
    }
    ++at_;
    return inside;
  }

  QueryTree term() {
    const QueryToken& it = token();
    if (scope_ != nullptr && !it.field.empty()) return fail(kFieldInField);
    const QueryToken& of = scope_ != nullptr ? *scope_ : it;
    if (of.field == "header" && of.header.empty())
      return fail("\"header:\" wants the name of a field, too, as in header:x-mailer:outlook");
    if (of.field.empty()) return text(TextTerm());
    if (const auto field = text_field(of.field, of.header)) return text(*field);
    const auto column = column_field(of.field);
    if (!column) return fail(no_such_field(of.field));
    if (it.text.empty()) return fail("a value is missing behind \"" + of.field + ":\"");
    if (it.text.find('*') != std::string::npos)
      return fail("a * means nothing behind \"" + of.field + ":\": leave it out");
    return column_term(*column);
  }

  QueryTree column_term(ColumnField column) {
    const std::string& text = token().text;
    switch (column) {
      case ColumnField::kAccount: return node(AccountTerm{text});
      case ColumnField::kId: return id();
      // People paste an id with its <> or without.
      case ColumnField::kMessageId: return node(IdTerm{"<" + without_brackets(text) + ">"});
      case ColumnField::kThread: return thread();
      case ColumnField::kDate: return range(parse_date_range(text, now_));
      case ColumnField::kBefore: return range(parse_date_range("<" + text, now_));
      case ColumnField::kAfter: return range(parse_date_range(">" + text, now_));
      case ColumnField::kSince: return range(parse_date_range(">=" + text, now_));
      case ColumnField::kUntil: return range(parse_date_range("<=" + text, now_));
      case ColumnField::kArrived: return range(parse_arrived_range(text, now_));
      case ColumnField::kSize: return range(parse_size_range(text));
      case ColumnField::kLarger: return range(parse_size_range(">" + text));
      case ColumnField::kSmaller: return range(parse_size_range("<" + text));
      case ColumnField::kIs: return state();
      case ColumnField::kHas: break;
    }
    const std::string has = to_lower(text);
    if (has == "attachment" || has == "attachments") return node(Property::kAttachment);
    return fail("only \"has:attachment\" is known");
  }

  QueryTree text(TextTerm term) {
    const QueryToken& it = token();
    if (term.field == TextField::kHeader && !is_indexed_field(term.header))
      return fail("the field \"" + term.header +
                  "\" is not in the index, as only machines read it");
    // A terminal may pass any octets, and the index takes UTF-8 alone.
    term.words = text::mend_utf8(it.text);
    if (!text::has_word(term.words)) {
      return fail(it.text.empty() && !it.field.empty()
                      ? "a value is missing behind \"" + it.field + ":\""
                      : "there is no word in this to search for");
    }
    const auto mistake = it.quoted ? understand_stars_in_quotes(term) : understand_stars(term);
    return mistake.empty() ? node(std::move(term)) : fail(mistake);
  }

  QueryTree id() {
    const auto numbers = parse_id_range(token().text);
    if (!numbers) return node(IdTerm{token().text});
    const bool is_backwards = numbers->first && numbers->last && *numbers->first >= *numbers->last;
    return is_backwards ? fail("the range ends before it begins") : range(*numbers);
  }

  QueryTree thread() {
    const auto number = parse_decimal<std::uint32_t>(token().text);
    if (!number) return fail("a thread is a number, as \"restante list --format json\" shows it");
    return node(ThreadTerm{*number});
  }

  QueryTree range(Result<RangeTerm> parsed) {
    if (!parsed) return fail(parsed.error().detail);
    return node(*parsed);
  }

  QueryTree state() {
    if (const auto property = state_named(to_lower(token().text))) return node(*property);
    return fail("\"is:\" knows unread, read, flagged, replied, draft, removed and broken");
  }

  const std::vector<QueryToken> tokens_;
  const std::chrono::sys_seconds now_;
  std::size_t at_ = 0;
  const QueryToken* scope_ = nullptr;  // The ( that a field stands before.
  QueryMistake mistake_;
};

}  // namespace

ParsedQuery parse_query(std::string_view query, std::chrono::sys_seconds now) {
  ParsedQuery parsed;
  if (query.size() > kQueryBytesMax) {
    parsed.mistake = {kQueryBytesMax, 1, "the query is too long"};
    return parsed;
  }
  LexedQuery lexed = lex_query(query);
  if (lexed.tokens.empty()) {
    parsed.mistake = std::move(lexed.mistake);
    return parsed;
  }
  return Parser(std::move(lexed.tokens), now).run();
}

}  // namespace restante::archive
