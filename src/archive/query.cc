#include "archive/query.h"

#include <algorithm>
#include <array>
#include <utility>

#include "archive/query_lexer.h"
#include "archive/query_range.h"
#include "base/ascii.h"
#include "base/numbers.h"
#include "text/charset.h"

namespace restante::archive {
namespace {

using Kind = QueryToken::Kind;

constexpr std::array<std::pair<std::string_view, TextField>, 6> kTextFields = {{
    {"subject", TextField::kSubject},
    {"from", TextField::kFrom},
    {"to", TextField::kTo},
    {"cc", TextField::kCc},
    {"body", TextField::kBody},
    {"attachment", TextField::kAttachment},
}};
constexpr std::array<std::pair<std::string_view, Property>, 7> kStates = {{
    {"unread", Property::kUnread},
    {"read", Property::kRead},
    {"flagged", Property::kFlagged},
    {"replied", Property::kReplied},
    {"draft", Property::kDraft},
    {"removed", Property::kRemoved},
    {"broken", Property::kBroken},
}};

template <typename T>
QueryTree node(T value) {
  auto made = std::make_unique<QueryNode>();
  made->is = std::move(value);
  return made;
}

/// Recursive descent; the first mistake ends it.
class Parser {
 public:
  Parser(std::vector<QueryToken> tokens, std::chrono::sys_seconds now)
      : tokens_(std::move(tokens)), now_(now) {}

  ParsedQuery run() {
    ParsedQuery parsed;
    if (token().kind == Kind::kEnd) {
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

  QueryTree group(std::size_t depth) {
    if (depth >= kQueryDepthMax) return fail("too many parentheses");
    const QueryToken open = token();
    ++at_;
    QueryTree inside = any(depth + 1);
    if (!inside) return nullptr;
    if (token().kind != Kind::kClose) {
      mistake_ = {open.at, open.bytes, "this ( has no )"};
      return nullptr;
    }
    ++at_;
    return inside;
  }

  QueryTree term() {
    const QueryToken& it = token();
    if (it.field.empty()) return text(TextField::kAny);
    for (const auto& [name, field] : kTextFields) {
      if (it.field == name) return text(field);
    }
    if (it.text.empty()) return fail("a value is missing behind \"" + it.field + ":\"");
    if (it.field == "account") return node(AccountTerm{it.text});
    if (it.field == "id") return id();
    if (it.field == "thread") return thread();
    if (it.field == "date") return range(parse_date_range(it.text, now_));
    if (it.field == "arrived") return range(parse_arrived_range(it.text, now_));
    if (it.field == "size") return range(parse_size_range(it.text));
    if (it.field == "is") return state();
    if (it.field == "has") {
      if (it.text == "attachment" || it.text == "attachments") return node(Property::kAttachment);
      return fail("only \"has:attachment\" is known");
    }
    return fail("there is no field \"" + it.field +
                ":\": from, to, cc, subject, body, attachment, account, id, thread, date, arrived, "
                "size, is and has are; put what is no field into quotes");
  }

  QueryTree text(TextField field) {
    const QueryToken& it = token();
    const bool has_word = std::any_of(it.text.begin(), it.text.end(), [](char c) {
      return is_alpha(c) || is_digit(c) || !is_ascii(c);
    });
    if (!has_word) return fail("there is no word in this to search for");
    return node(TextTerm{field, text::mend_utf8(it.text), it.star});
  }

  QueryTree id() {
    const auto numbers = parse_id_range(token().text);
    return numbers ? range(*numbers) : node(IdTerm{token().text});
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
    for (const auto& [name, property] : kStates) {
      if (token().text == name) return node(property);
    }
    return fail("\"is:\" knows unread, read, flagged, replied, draft, removed and broken");
  }

  const std::vector<QueryToken> tokens_;
  const std::chrono::sys_seconds now_;
  std::size_t at_ = 0;
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
