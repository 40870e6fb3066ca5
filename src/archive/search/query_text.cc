// Queries and their mistakes, written for people.
#include <algorithm>

#include "archive/search/query.h"
#include "base/ascii.h"
#include "text/charsets/charset.h"
#include "text/words.h"

namespace restante::archive {
namespace {

std::string_view name_of(RangeTerm::Of of) {
  switch (of) {
    case RangeTerm::Of::kDate: return "date";
    case RangeTerm::Of::kSize: return "size";
    case RangeTerm::Of::kArrived: return "arrived";
    case RangeTerm::Of::kId: return "id";
  }
  return "";
}

std::string_view name_of(TextField field) {
  switch (field) {
    case TextField::kAny: return "";
    case TextField::kSubject: return "subject:";
    case TextField::kFrom: return "from:";
    case TextField::kTo: return "to:";
    case TextField::kCc: return "cc:";
    case TextField::kBody: return "body:";
    case TextField::kAttachment: return "attachment:";
    case TextField::kFileName: return "filename:";
    case TextField::kHeader: return "header:";
  }
  return "";
}

std::string_view name_of(Property property) {
  switch (property) {
    case Property::kUnread: return "is:unread";
    case Property::kRead: return "is:read";
    case Property::kFlagged: return "is:flagged";
    case Property::kReplied: return "is:replied";
    case Property::kDraft: return "is:draft";
    case Property::kRemoved: return "is:removed";
    case Property::kBroken: return "is:broken";
    case Property::kAttachment: return "has:attachment";
  }
  return "";
}

std::string join(const std::vector<QueryTree>& parts, std::string_view between) {
  std::string text = "(";
  for (const QueryTree& part : parts) {
    if (text.size() > 1) text.append(between);
    text += to_string(*part);
  }
  return text + ")";
}

struct Writer {
  std::string operator()(const AllOf& group) const { return join(group.parts, " and "); }
  std::string operator()(const AnyOf& group) const { return join(group.parts, " or "); }
  std::string operator()(const NoneOf& none) const { return "not " + to_string(*none.part); }
  std::string operator()(const TextTerm& term) const {
    const std::string header = term.header.empty() ? "" : term.header + ":";
    return std::string(name_of(term.field)) + header + "\"" + term.words + "\"" +
           (term.is_prefix ? "*" : "");
  }
  std::string operator()(const AccountTerm& term) const { return "account:\"" + term.name + "\""; }
  std::string operator()(const IdTerm& term) const { return "id:\"" + term.id + "\""; }
  std::string operator()(const ThreadTerm& term) const {
    return "thread:" + std::to_string(term.number);
  }
  std::string operator()(const RangeTerm& range) const {
    const auto side = [](const std::optional<std::int64_t>& value) {
      return value ? std::to_string(*value) : std::string();
    };
    return std::string(name_of(range.of)) + ":[" + side(range.first) + "," + side(range.last) + ")";
  }
  std::string operator()(Property property) const { return std::string(name_of(property)); }
};

/// Whether it holds for a part that is no group.
template <typename Holds>
bool any_in(const QueryNode& node, const Holds& holds) {
  const auto any_of = [&](const std::vector<QueryTree>& parts) {
    return std::any_of(parts.begin(), parts.end(),
                       [&](const QueryTree& part) { return any_in(*part, holds); });
  };
  if (const auto* all = std::get_if<AllOf>(&node.is)) return any_of(all->parts);
  if (const auto* any = std::get_if<AnyOf>(&node.is)) return any_of(any->parts);
  if (const auto* none = std::get_if<NoneOf>(&node.is)) return any_in(*none->part, holds);
  return holds(node);
}

bool has_several_words(std::string_view text) {
  int words = 0;
  text::WordCutter().cut(text, [&](const text::Word&) { return ++words < 2; });
  return words > 1;
}

}  // namespace

std::string to_string(const QueryNode& node) { return std::visit(Writer(), node.is); }

bool mentions_removed(const QueryNode& node) {
  return any_in(node, [](const QueryNode& one) {
    const auto* property = std::get_if<Property>(&one.is);
    return property != nullptr && *property == Property::kRemoved;
  });
}

bool has_pattern(const QueryNode& node) {
  return any_in(node, [](const QueryNode& one) {
    const auto* term = std::get_if<TextTerm>(&one.is);
    return term != nullptr && term->is_pattern;
  });
}

bool has_phrase(const QueryNode& node) {
  return any_in(node, [](const QueryNode& one) {
    const auto* term = std::get_if<TextTerm>(&one.is);
    return term != nullptr && has_several_words(term->words);
  });
}

std::string show_mistake(std::string_view query, const QueryMistake& mistake) {
  constexpr std::size_t kAround = 60;  // Characters on both sides of it are enough to see it.
  const std::size_t at = std::min(mistake.at, query.size());
  const std::size_t from = text::cut_utf8(query, at > kAround ? at - kAround : 0).size();
  std::string line = text::mend_utf8(text::cut_utf8(query.substr(from), 2 * kAround));
  std::string_view before = query.substr(from, at - from);
  for (char& c : line) c = is_control(c) ? ' ' : c;
  std::string caret;
  while (!before.empty()) {
    text::take_character(before);
    caret += ' ';
  }
  std::string_view marked = query.substr(at, mistake.bytes);
  do {
    caret += '^';
  } while (caret.size() < 2 * kAround && text::take_character(marked) != 0 && !marked.empty());
  return line + "\n" + caret + "\n" + mistake.what;
}

}  // namespace restante::archive
