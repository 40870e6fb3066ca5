#include "server/logging/log_fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"

namespace restante::server {
namespace {

constexpr int kFacilityMail = 2;
constexpr std::string_view kProgram = "restanted";

bool is_key(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_'; };
  return !text.empty() && !is_digit(text.front()) && std::ranges::all_of(text, fits);
}

/// The next word; blanks in quotes do not end it. for_log() leaves no quote inside of quotes.
std::string_view take_word(std::string_view& rest) {
  bool quoted = false;
  std::size_t size = 0;
  while (size < rest.size() && (quoted || rest[size] != ' ')) {
    if (rest[size] == '"') quoted = !quoted;
    ++size;
  }
  const std::string_view word = rest.substr(0, size);
  rest.remove_prefix(std::min(size + 1, rest.size()));
  return word;
}

std::string_view without_quotes(std::string_view value) {
  const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  return quoted ? value.substr(1, value.size() - 2) : value;
}

void append_text(std::string& out, std::string_view text) {
  out += '"';
  const bool is_clean = is_utf8(text);
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += {'\\', c};
    else if (is_control(c) || (!is_clean && !is_ascii(c)))
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  out += '"';
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out += out.empty() ? '{' : ',';
  append_text(out, name);
  out += ':';
  append_text(out, value);
}

/// "NAME=value" LF; a value is one line.
void append_entry(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += '=';
  for (const char c : value) out += c == '\n' ? ' ' : c;
  out += '\n';
}

}  // namespace

LogFields take_apart(std::string_view line) {
  LogFields out;
  while (!line.empty()) {
    const std::string_view word = take_word(line);
    const std::size_t equals = word.find('=');
    const std::string_view key = word.substr(0, std::min(equals, word.size()));
    if (equals == std::string_view::npos || !is_key(key)) {
      if (!out.event.empty() && !word.empty()) out.event += ' ';
      out.event += word;
      continue;
    }
    const bool is_new =
        std::ranges::none_of(out.fields, [key](const auto& other) { return other.first == key; });
    if (is_new) out.fields.emplace_back(key, without_quotes(word.substr(equals + 1)));
  }
  return out;
}

std::string json_line(std::string_view time, std::string_view level, std::string_view line) {
  const LogFields parts = take_apart(line);
  std::string out;
  append_member(out, "time", time);
  append_member(out, "level", level);
  append_member(out, "event", parts.event);
  for (const auto& [key, value] : parts.fields) {
    const bool is_taken = key == "time" || key == "level" || key == "event";
    append_member(out, is_taken ? std::string(key) + "_" : std::string(key), value);
  }
  return out + '}';
}

std::string syslog_datagram(Severity severity, int process, std::string_view line) {
  return fmt::format("<{}>{}[{}]: {}", kFacilityMail * 8 + static_cast<int>(severity), kProgram,
                     process, line);
}

std::string journal_datagram(Severity severity, std::string_view line, std::string_view shown) {
  std::string out;
  append_entry(out, "PRIORITY", std::to_string(static_cast<int>(severity)));
  append_entry(out, "SYSLOG_FACILITY", std::to_string(kFacilityMail));
  append_entry(out, "SYSLOG_IDENTIFIER", kProgram);
  append_entry(out, "MESSAGE", shown);
  const LogFields parts = take_apart(line);
  append_entry(out, "RESTANTE_EVENT", parts.event);
  for (const auto& [key, value] : parts.fields)
    append_entry(out, "RESTANTE_" + to_upper(key), value);
  return out;
}

}  // namespace restante::server
