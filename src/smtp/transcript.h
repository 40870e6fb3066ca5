// The script format of tests/transcripts/smtp: a session as lines, with exact bytes. Test support.
// tests/transcripts/smtp/README.md describes the format.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/numbers.h"
#include "smtp/memory_driver.h"

namespace restante::smtp {

struct Transcript {
  enum class Kind : std::uint8_t { kClient, kServer, kMail, kBody, kTls, kClosed };
  struct Line {
    Kind kind;
    std::string bytes;
    int number;
  };

  ServerSettings settings;
  Channel channel;
  std::map<std::string, Recipient> recipients;
  std::map<std::string, Delivery> deliveries;
  std::size_t spool_bytes_max = std::numeric_limits<std::size_t>::max();
  std::vector<Line> lines;
  std::vector<std::string> mistakes;  ///< Of the file: a test fails on them.

  /// A driver set up as the "@" lines say.
  [[nodiscard]] MemoryDriver driver() const {
    MemoryDriver made(settings, channel);
    made.recipients = recipients;
    made.deliveries = deliveries;
    made.spool_bytes_max = spool_bytes_max;
    return made;
  }
};

namespace transcript_detail {

inline int hex_digit(char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto at = kDigits.find(to_lower(c));
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

// \r \n \t \0 \\, \xNN, and \{text*N}, which is text N times.
inline std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      out += text[at];
      continue;
    }
    const char c = text[++at];
    if (c == 'x' && at + 2 < text.size()) {
      out += static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2]));
      at += 2;
    } else if (c == '{') {
      const auto close = text.find('}', at);
      const auto star = text.rfind('*', close);
      const auto count = parse_decimal<std::uint32_t>(text.substr(star + 1, close - star - 1));
      const std::string part = unescape(text.substr(at + 1, star - at - 1));
      for (std::uint32_t i = 0; i < count.value_or(0); ++i) out += part;
      at = close;
    } else {
      out += c == 'r' ? '\r' : c == 'n' ? '\n' : c == 't' ? '\t' : c == '0' ? '\0' : c;
    }
  }
  return out;
}

template <typename T, std::size_t N>
bool pick(const std::array<std::pair<std::string_view, T>, N>& names, std::string_view word,
          T& to) {
  for (const auto& [name, value] : names)
    if (name == word) to = value;
  return std::any_of(names.begin(), names.end(), [&](const auto& n) { return n.first == word; });
}

constexpr std::array<std::pair<std::string_view, Recipient>, 7> kRecipients = {{
    {"accepted", Recipient::kAccepted},
    {"unknown", Recipient::kUnknown},
    {"not-local", Recipient::kNotLocal},
    {"disabled", Recipient::kDisabled},
    {"over-quota", Recipient::kOverQuota},
    {"other-place", Recipient::kOtherPlace},
    {"temporary", Recipient::kTemporary},
}};
constexpr std::array<std::pair<std::string_view, Delivery>, 6> kDeliveries = {{
    {"done", Delivery::kDone},
    {"refused", Delivery::kRefused},
    {"loop", Delivery::kLoop},
    {"over-quota", Delivery::kOverQuota},
    {"disk-full", Delivery::kDiskFull},
    {"temporary", Delivery::kTemporary},
}};
constexpr std::array<std::pair<std::string_view, Dialect>, 2> kDialects = {
    {{"smtp", Dialect::kSmtp}, {"lmtp", Dialect::kLmtp}}};
constexpr std::array<std::pair<std::string_view, BareNewlines>, 3> kBareNewlines = {
    {{"normalize", BareNewlines::kNormalize},
     {"refuse", BareNewlines::kRefuse},
     {"keep", BareNewlines::kKeep}}};
constexpr std::array<std::pair<std::string_view, mail::Grammar>, 2> kGrammars = {
    {{"tolerant", mail::Grammar::kTolerant}, {"strict", mail::Grammar::kStrict}}};
constexpr std::array<std::pair<std::string_view, bool>, 2> kSwitch = {
    {{"yes", true}, {"no", false}}};

// "@ key value": false when it cannot be understood.
inline bool set_up(Transcript& script, std::string_view line) {
  std::istringstream words{std::string(line)};
  std::string key;
  std::string value;
  std::string verdict;
  words >> key >> value >> verdict;
  const auto number = parse_decimal<std::uint64_t>(value);
  if (key == "dialect") return pick(kDialects, value, script.settings.dialect);
  if (key == "bare-newlines") return pick(kBareNewlines, value, script.settings.bare_newlines);
  if (key == "addresses") return pick(kGrammars, value, script.settings.addresses);
  if (key == "starttls") return pick(kSwitch, value, script.channel.starttls_available);
  if (key == "trusted") return pick(kSwitch, value, script.channel.trusted);
  if (key == "full-is-temporary") return pick(kSwitch, value, script.settings.full_is_temporary);
  if (key == "tls") return pick(kSwitch, value, script.channel.tls);
  if (key == "stranger") return pick(kSwitch, value, script.channel.stranger);
  if (key == "proxy") return pick(kSwitch, value, script.channel.may_name_client);
  if (key == "uids") return pick(kSwitch, value, script.channel.may_give_uid);
  if (key == "recipient") return pick(kRecipients, verdict, script.recipients[unescape(value)]);
  if (key == "delivery") return pick(kDeliveries, verdict, script.deliveries[unescape(value)]);
  if (key == "size") script.settings.message_bytes_max = number.value_or(0);
  if (key == "mistakes")
    script.settings.mistakes_max = static_cast<std::uint32_t>(number.value_or(0));
  if (key == "recipients-max") script.settings.recipients_max = number.value_or(0);
  if (key == "envelope-size") script.settings.envelope_bytes_max = number.value_or(0);
  if (key == "spool") script.spool_bytes_max = number.value_or(0);
  return number.has_value() && (key == "size" || key == "mistakes" || key == "recipients-max" ||
                                key == "spool" || key == "envelope-size");
}

inline bool add_line(Transcript& script, std::string_view mark, std::string_view rest, int number) {
  using Kind = Transcript::Kind;
  const auto add = [&](Kind kind, std::string bytes) {
    script.lines.push_back({kind, std::move(bytes), number});
    return true;
  };
  if (mark == "C:") return add(Kind::kClient, std::string(rest) + "\r\n");
  if (mark == "C~") return add(Kind::kClient, unescape(rest));
  if (mark == "S:") return add(Kind::kServer, std::string(rest) + "\r\n");
  if (mark == "D:") return add(Kind::kMail, std::string(rest));
  if (mark == "M:") return add(Kind::kBody, std::string(rest) + "\r\n");
  if (mark == "M~") return add(Kind::kBody, unescape(rest));
  if (mark == "T:") return add(Kind::kTls, {});
  if (mark == "X:") return add(Kind::kClosed, {});
  return mark == "@ " ? set_up(script, rest) : false;
}

}  // namespace transcript_detail

inline Transcript read_transcript(const std::filesystem::path& path) {
  Transcript script;
  script.settings.hostname = "mail.example.test";
  script.settings.message_bytes_max = 1000;
  script.settings.recipients_max = 10;
  std::ifstream file(path);
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const std::string_view mark = std::string_view(line).substr(0, 2);
    std::string_view rest = std::string_view(line).substr(std::min<std::size_t>(2, line.size()));
    if (mark != "@ " && rest.starts_with(' ')) rest.remove_prefix(1);
    if (!transcript_detail::add_line(script, mark, rest, number))
      script.mistakes.push_back(path.filename().string() + ":" + std::to_string(number));
  }
  return script;
}

/// A delivery as a "D:" line says it.
inline std::string describe(const Deliver& request) {
  const Envelope& envelope = request.envelope;
  std::string out = "from=<" + envelope.sender + "> to=";
  for (const std::string& name : envelope.recipients) out += "<" + name + ">";
  out += " helo=" + envelope.helo + " with=" + envelope.protocol;
  out += " octets=" + std::to_string(request.octets);
  if (envelope.smtputf8) out += " smtputf8";
  if (!envelope.uid.empty()) out += " uid=" + envelope.uid;
  if (request.utf8_header) out += " utf8-header";
  if (envelope.forwarded && !envelope.forwarded->ident.empty())
    out += " ident=" + envelope.forwarded->ident;
  return out;
}

}  // namespace restante::smtp
