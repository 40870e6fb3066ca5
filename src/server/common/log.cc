#include "server/common/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <algorithm>

#include "base/ascii.h"

namespace restante::server {
namespace {

constexpr std::size_t kValueBytesMax = 200;

bool is_plain(char c) {
  return is_ascii(c) && !is_control(c) && c != ' ' && c != '"' && c != '\\' && c != '=';
}

spdlog::level::level_enum to_spdlog(settings::LogLevel level) {
  switch (level) {
    case settings::LogLevel::kDebug: return spdlog::level::debug;
    case settings::LogLevel::kInfo: return spdlog::level::info;
    case settings::LogLevel::kWarning: return spdlog::level::warn;
    case settings::LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::info;
}

constexpr const char* kPattern = "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v";

/// A text of several lines becomes several lines of the log, each with its time and level: nobody
/// who looks for either misses one.
class EachLine final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    std::string_view rest(message.payload.data(), message.payload.size());
    spdlog::details::log_msg line = message;
    for (bool is_first = true; is_first || !rest.empty(); is_first = false) {
      const std::string_view text = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(text.size() + 1, rest.size()));
      line.payload = spdlog::string_view_t(text.data(), text.size());
      one_.format(line, out);
      if (!is_first) continue;
      message.color_range_start = line.color_range_start;
      message.color_range_end = line.color_range_end;
    }
  }
  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<EachLine>();
  }

 private:
  spdlog::pattern_formatter one_{kPattern, spdlog::pattern_time_type::utc};
};

}  // namespace

spdlog::logger& announcements() {
  static const auto logger = [] {
    auto made = std::make_shared<spdlog::logger>("announcements",
                                                 spdlog::default_logger()->sinks().front());
    made->set_level(spdlog::level::info);
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *logger;
}

void set_up_log(settings::LogLevel level) {
  static const auto logger = spdlog::stderr_color_mt("restanted");
  spdlog::set_default_logger(logger);
  spdlog::set_formatter(std::make_unique<EachLine>());
  spdlog::set_level(to_spdlog(level));
  // Each line at once: the last lines before a crash say most.
  spdlog::flush_on(spdlog::level::trace);
}

std::string for_log(std::string_view value) {
  if (!value.empty() && value.size() <= kValueBytesMax &&
      std::all_of(value.begin(), value.end(), is_plain))
    return std::string(value);
  std::string out = "\"";
  // Escaped, so that no value can forge a line or another field.
  for (const char c : value.substr(0, kValueBytesMax)) {
    if (is_plain(c) || c == ' ' || c == '=')
      out += c;
    else
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
  }
  if (value.size() > kValueBytesMax) out += "...";
  out += '"';
  return out;
}

}  // namespace restante::server
