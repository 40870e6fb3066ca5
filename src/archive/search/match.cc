#include "archive/search/match.h"

#include <algorithm>
#include <span>

#include "archive/message/header_words.h"
#include "text/words.h"

namespace restante::archive {
namespace {

/// Where the words of a field are: the column, which holds those of others, too (schema.cc).
std::string_view column_of(TextField field, Table table) {
  switch (field) {
    case TextField::kAny: return "";
    case TextField::kSubject: return "subject";
    case TextField::kFrom: return "from_";
    case TextField::kTo: return "to_";
    case TextField::kCc: return "cc";
    case TextField::kBody: return "body";
    case TextField::kHeader: return table == Table::kIndex ? "body" : "header_lines";
    case TextField::kAttachment: return "attachment";
    case TextField::kFileName: return table == Table::kIndex ? "attachment" : "name_lines";
  }
  return "";
}

std::string words_of(const TextTerm& term) {
  if (term.field == TextField::kHeader) return text::in_field(term.header, term.words);
  if (term.field == TextField::kFileName) return text::in_field(kFileNameField, term.words);
  return text::without_controls(term.words);
}

std::span<const QueryTree> looked_at(const AnyOf& group) {
  return std::span(group.parts).first(std::min(group.parts.size(), kWordsOfAPattern));
}

std::string join(std::span<const QueryTree> parts, std::string_view between, Table table) {
  std::string joined;
  for (const QueryTree& part : parts) {
    const std::string one = match_of(*part, table);
    if (one.empty()) continue;
    if (!joined.empty()) joined.append(between);
    joined += one;
  }
  return joined.empty() ? joined : "(" + joined + ")";
}

void add_terms(const QueryNode& node, std::vector<const TextTerm*>& terms) {
  if (const auto* all = std::get_if<AllOf>(&node.is)) {
    for (const QueryTree& part : all->parts) add_terms(*part, terms);
  } else if (const auto* any = std::get_if<AnyOf>(&node.is)) {
    for (const QueryTree& part : looked_at(*any)) add_terms(*part, terms);
  } else if (const auto* term = std::get_if<TextTerm>(&node.is)) {
    terms.push_back(term);
  }
}

}  // namespace

std::string match_of(const TextTerm& term, Table table) {
  std::string match;
  if (term.field != TextField::kAny) match = std::string(column_of(term.field, table)) + " : ";
  match += '"';
  for (const char c : words_of(term)) {
    match += c;
    if (c == '"') match += '"';
  }
  return match + (term.is_prefix ? "\" *" : "\"");
}

std::string match_of(const QueryNode& node, Table table) {
  if (const auto* all = std::get_if<AllOf>(&node.is)) return join(all->parts, " AND ", table);
  if (const auto* any = std::get_if<AnyOf>(&node.is)) return join(looked_at(*any), " OR ", table);
  if (const auto* term = std::get_if<TextTerm>(&node.is)) return match_of(*term, table);
  return "";
}

std::vector<const TextTerm*> terms_of(const QueryNode& node) {
  std::vector<const TextTerm*> terms;
  add_terms(node, terms);
  return terms;
}

}  // namespace restante::archive
