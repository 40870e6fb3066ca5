#include "mail/message_ids.h"

#include "base/ascii.h"

namespace restante::mail {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// The next field with its folds, without its last line end; empty at the header's end.
std::string_view take_folded_field(std::string_view& rest) {
  if (rest.empty() || rest.front() == '\r' || rest.front() == '\n') return {};
  std::size_t end = 0;
  do {
    end = rest.find('\n', end);
    if (end == std::string_view::npos) end = rest.size() - 1;
    ++end;
  } while (end < rest.size() && (rest[end] == ' ' || rest[end] == '\t'));
  const std::string_view field = rest.substr(0, end);
  rest.remove_prefix(end);
  return field;
}

std::string_view take_word(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  std::size_t end = 0;
  while (end < text.size() && !is_blank(text[end])) ++end;
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

std::string message_id_of(std::string_view value) {
  const std::size_t begin = value.find('<');
  const std::size_t end = value.find('>', begin);
  if (begin != std::string_view::npos && end != std::string_view::npos)
    return std::string(value.substr(begin, end - begin + 1));
  return std::string(take_word(value));
}

/// Words in comments are no clauses.
std::string received_id_of(std::string_view value) {
  int depth = 0;
  bool next = false;
  for (auto word = take_word(value); !word.empty(); word = take_word(value)) {
    const int before = depth;
    for (const char c : word) depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (before > 0 || word.front() == '(') continue;
    if (next) return std::string(word.substr(0, word.find(';')));
    next = equals_ignore_case(word, "id");
  }
  return {};
}

}  // namespace

MessageIds find_message_ids(std::string_view beginning) {
  constexpr std::string_view kMessageId = "message-id:";
  constexpr std::string_view kReceived = "received:";
  MessageIds ids;
  bool received = false;
  for (auto field = take_folded_field(beginning); !field.empty();
       field = take_folded_field(beginning)) {
    if (ids.message_id.empty() && starts_with_ignore_case(field, kMessageId))
      ids.message_id = message_id_of(field.substr(kMessageId.size()));
    if (received || !starts_with_ignore_case(field, kReceived)) continue;
    received = true;
    ids.received_id = received_id_of(field.substr(kReceived.size()));
  }
  return ids;
}

}  // namespace restante::mail
