#include "archive/exchange/exported_state.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "archive/mailbox/sha256.h"
#include "archive/mailbox/stored_message.h"
#include "base/ascii.h"

namespace restante::archive {
namespace {

constexpr std::size_t kStateLineBytesMax = 1024;

/// What stands behind `"name":`, up to the value's end; the lines are ours, and hold no escapes.
std::string_view value_of(std::string_view line, std::string_view name) {
  const std::string key = fmt::format("\"{}\":", name);
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return {};
  std::string_view value = line.substr(at + key.size());
  if (value.starts_with('"')) {
    value.remove_prefix(1);
    return value.substr(0, value.find('"'));
  }
  return value.substr(0, value.find_first_of(",}"));
}

}  // namespace

std::string exported_state_line(std::string_view sha256, std::string_view flags,
                                std::int64_t arrived) {
  return fmt::format("{{\"sha256\":\"{}\",\"flags\":\"{}\",\"arrived\":{}}}\n", sha256, flags,
                     arrived);
}

Status ExportedState::read(const Path& file) {
  std::string line;
  RESTANTE_CHECKED(send_file(file, [&](std::string_view octets) {
    while (!octets.empty()) {
      const std::size_t end = std::min(octets.find('\n'), octets.size());
      line.append(octets.substr(0, std::min(end, kStateLineBytesMax)));
      // Any file may have this name, one of gigabytes without a line's end, too.
      if (line.size() > kStateLineBytesMax) line.resize(kStateLineBytesMax);
      if (end < octets.size()) {
        read_line(line);
        line.clear();
      }
      octets.remove_prefix(std::min(end + 1, octets.size()));
    }
    return ok();
  }));
  // The last line may lack its end.
  read_line(line);
  return ok();
}

void ExportedState::read_line(std::string_view line) {
  const std::string_view sha256 = value_of(line, "sha256");
  const std::string_view flags = value_of(line, "flags");
  const std::string_view arrived = value_of(line, "arrived");
  // Flags become a part of a file's name: a "/" must not come from here.
  if (!is_sha256(sha256) || !std::all_of(flags.begin(), flags.end(), is_alpha)) return;
  Told told{std::string(flags), std::nullopt, true};
  std::int64_t seconds = 0;
  const auto read = std::from_chars(arrived.data(), arrived.data() + arrived.size(), seconds);
  // What is no number leaves the arrival to the file's own time.
  if (read.ec == std::errc() && !arrived.empty()) told.arrived = seconds;
  messages_.insert_or_assign(std::string(sha256), std::move(told));
}

const Told* ExportedState::find(const std::string& sha256) const {
  const auto found = messages_.find(sha256);
  return found == messages_.end() ? nullptr : &found->second;
}

}  // namespace restante::archive
