#include "migrate/formats/doveadm_output.h"

#include <algorithm>
#include <array>

#include "base/numbers.h"
#include "migrate/formats/lines.h"

namespace restante::migrate {
namespace {

constexpr std::size_t kHeadBytesMax = 256;

std::vector<std::string_view> cells(std::string_view line) {
  std::vector<std::string_view> all;
  for (;;) {
    const std::size_t end = std::min(line.find('\t'), line.size());
    all.push_back(line.substr(0, end));
    if (end == line.size()) return all;
    line.remove_prefix(end + 1);
  }
}

Error strange(std::string_view line) {
  constexpr std::size_t kShown = 80;
  return Error(Errc::kSyntax,
               "doveadm says what is not understood: " + std::string(line.substr(0, kShown)));
}

template <typename Number>
Result<Number> number_in(std::string_view cell, std::string_view line) {
  const auto number = parse_decimal<Number>(cell);
  if (!number) return strange(line);
  return *number;
}

Result<DoveadmMessage> parse_message(std::string_view line) {
  // Exactly these cells: with one more or less a later doveadm says something else in them.
  const auto cell = cells(line);
  constexpr std::size_t kCells = 7;
  if (cell.size() != kCells) return strange(line);
  DoveadmMessage message;
  RESTANTE_TRY(const auto uid, number_in<std::uint32_t>(cell[0], line));
  message.uid = uid;
  message.guid = cell[1];
  message.pop3_uidl = cell[2];
  if (!cell[3].empty()) {
    RESTANTE_TRY(const auto order, number_in<std::uint32_t>(cell[3], line));
    message.pop3_order = order;
  }
  RESTANTE_TRY(const auto received, number_in<std::uint64_t>(cell[4], line));
  message.received_unix = static_cast<std::int64_t>(received);
  RESTANTE_TRY(const auto octets, number_in<std::uint64_t>(cell[5], line));
  message.octets = octets;
  message.storage_id = cell[6];
  if (message.uid == 0) return strange(line);
  return message;
}

/// "name: 12\n" off the front.
template <typename Number>
std::optional<Number> take_number(std::string_view& text, std::string_view name) {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  const auto number = parse_decimal<Number>(take_line(text));
  if (!number) return std::nullopt;
  return *number;
}

}  // namespace

Result<std::vector<DoveadmMessage>> parse_doveadm_messages(std::string_view text) {
  std::vector<DoveadmMessage> messages;
  const std::string_view first = take_line(text);
  // The names of the columns; an empty mailbox has no more.
  if (!first.empty() && !first.starts_with("uid")) return strange(first);
  while (!text.empty()) {
    if (messages.size() >= kMessagesMax) return Error(Errc::kLimit, "too many messages");
    RESTANTE_TRY(auto message, parse_message(take_line(text)));
    messages.push_back(std::move(message));
  }
  return messages;
}

Result<std::vector<DoveadmMailbox>> parse_doveadm_mailboxes(std::string_view text) {
  std::vector<DoveadmMailbox> mailboxes;
  const std::string_view first = take_line(text);
  if (!first.empty() && !first.starts_with("mailbox")) return strange(first);
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const auto cell = cells(line);
    if (cell.size() != 3) return strange(line);
    DoveadmMailbox mailbox;
    mailbox.name = cell[0];
    RESTANTE_TRY(const auto messages, number_in<std::uint64_t>(cell[1], line));
    mailbox.messages = messages;
    RESTANTE_TRY(const auto uid_validity, number_in<std::uint32_t>(cell[2], line));
    mailbox.uid_validity = uid_validity;
    mailboxes.push_back(std::move(mailbox));
  }
  return mailboxes;
}

Result<std::optional<DoveadmHead>> take_doveadm_head(std::string_view& text) {
  constexpr std::string_view kEnd = "\ntext:\n";
  const std::size_t end = text.substr(0, kHeadBytesMax).find(kEnd);
  // A head has two short lines; without a bound a wrong answer would be read to its end for one.
  if (end == std::string_view::npos) {
    if (text.size() >= kHeadBytesMax) return strange(text);
    return std::optional<DoveadmHead>();
  }
  std::string_view head = text.substr(0, end + 1);
  const auto uid = take_number<std::uint32_t>(head, "uid: ");
  const auto octets = take_number<std::uint64_t>(head, "size.physical: ");
  if (!uid || !octets || !head.empty()) return strange(text.substr(0, end));
  text.remove_prefix(end + kEnd.size());
  return std::optional(DoveadmHead{*uid, *octets});
}

/// A form feed on a line of its own; before it the end of a last line that has none.
Result<bool> take_doveadm_separator(std::string_view& text, bool at_end) {
  for (const std::string_view separator : {"\f\n", "\n\f\n"}) {
    if (!text.starts_with(separator)) continue;
    text.remove_prefix(separator.size());
    return true;
  }
  if (at_end && (text.empty() || text == "\n")) {
    text = {};
    return true;
  }
  if (!at_end && text.size() < 3 &&
      (std::string_view("\f\n").starts_with(text) || std::string_view("\n\f\n").starts_with(text)))
    return false;
  return strange(text);
}

}  // namespace restante::migrate
