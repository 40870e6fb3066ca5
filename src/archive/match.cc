#include "archive/match.h"

#include "text/words.h"

namespace restante::archive {
namespace {

std::string_view column_of(TextField field) {
  switch (field) {
    case TextField::kAny: return "";
    case TextField::kSubject: return "subject";
    case TextField::kFrom: return "from_";
    case TextField::kTo: return "to_";
    case TextField::kCc: return "cc";
    case TextField::kBody: return "body";
    case TextField::kAttachment: return "attachment";
  }
  return "";
}

std::string join(const std::vector<QueryTree>& parts, std::string_view between) {
  std::string joined;
  for (const QueryTree& part : parts) {
    const std::string one = match_of(*part);
    if (one.empty()) continue;
    if (!joined.empty()) joined.append(between);
    joined += one;
  }
  return joined.empty() ? joined : "(" + joined + ")";
}

}  // namespace

std::string match_of(const TextTerm& term) {
  std::string words;
  text::append_words(term.words, words, kQueryBytesMax * 4);
  while (words.ends_with(' ')) words.pop_back();
  std::string match;
  if (term.field != TextField::kAny) match = std::string(column_of(term.field)) + " : ";
  match += '"';
  for (const char c : words) {
    if (c == '\0') continue;
    match += c;
    if (c == '"') match += '"';
  }
  return match + (term.is_prefix ? "\" *" : "\"");
}

std::string match_of(const QueryNode& node) {
  if (const auto* all = std::get_if<AllOf>(&node.is)) return join(all->parts, " AND ");
  if (const auto* any = std::get_if<AnyOf>(&node.is)) return join(any->parts, " OR ");
  if (const auto* term = std::get_if<TextTerm>(&node.is)) return match_of(*term);
  return "";
}

}  // namespace restante::archive
