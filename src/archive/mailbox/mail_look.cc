#include "archive/mailbox/mail_look.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.h"

namespace restante::archive {
namespace {

constexpr std::array<std::string_view, 22> kFields = {
    "From",        "Sender",      "To",           "Cc",           "Bcc",           "Subject",
    "Date",        "Message-ID",  "Received",     "Return-Path",  "Reply-To",      "Delivered-To",
    "In-Reply-To", "References",  "MIME-Version", "Content-Type", "X-Original-To", "Resent-From",
    "Resent-Date", "Envelope-To", "X-Mailer",     "List-Id"};

/// Nothing: the line is no field.
std::optional<std::string_view> field_name(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view name = line.substr(0, colon);
  while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.remove_suffix(1);
  const auto is_name = [](char c) { return c > ' ' && c < '\x7f'; };
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_name)) return std::nullopt;
  return name;
}

bool is_field_of_mail(std::string_view name) {
  return std::any_of(kFields.begin(), kFields.end(),
                     [&](std::string_view each) { return equals_ignore_case(each, name); });
}

}  // namespace

bool looks_like_mail(std::string_view beginning) {
  bool first = true;
  while (!beginning.empty()) {
    const std::size_t end = std::min(beginning.find('\n'), beginning.size());
    std::string_view line = beginning.substr(0, end);
    beginning.remove_prefix(std::min(end + 1, beginning.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    // A header without a single field of mail: a text with a colon in its first line, say.
    if (line.empty()) return false;
    // Lines that a mailbox program left above the header.
    const bool is_separator = line.starts_with("From ") || line.starts_with(">From ");
    const bool goes_on = !first && (line.front() == ' ' || line.front() == '\t');
    if (is_separator || goes_on) continue;
    first = false;
    const auto name = field_name(line);
    // A line that is no field ends the look: mail has its header first.
    if (!name) return false;
    // One field is enough: the order is free, and the first may be any program's own.
    if (is_field_of_mail(*name)) return true;
  }
  return false;
}

}  // namespace restante::archive
