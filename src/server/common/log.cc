#include "server/common/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <unistd.h>

#include <algorithm>

#include "base/ascii.h"
#include "server/logging/datagram_sink.h"
#include "server/logging/json_formatter.h"
#include "server/logging/log_fields.h"

namespace restante::server {
namespace {

// Longer than any address; a client decides what stands in a line, and must not decide how long it
// is.
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
constexpr const char* kJournalSocket = "/run/systemd/journal/socket";
constexpr const char* kSyslogSocket = "/dev/log";

Severity severity_of(spdlog::level::level_enum level) {
  if (level <= spdlog::level::debug) return Severity::kDebug;
  if (level == spdlog::level::info) return Severity::kInfo;
  if (level == spdlog::level::warn) return Severity::kWarning;
  return level == spdlog::level::err ? Severity::kError : Severity::kCritical;
}

/// A text of several lines becomes several lines of the log, each with its time and level, so that
/// a search for either finds all of them.
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
      // Only the first line's level is coloured: spdlog keeps one place for each message.
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

std::unique_ptr<spdlog::formatter> stderr_formatter(settings::LogFormat format) {
  if (format == settings::LogFormat::kJson) return std::make_unique<JsonFormatter>("\n");
  return std::make_unique<EachLine>();
}

/// Receivers have a time of their own. fail2ban's filter looks for the level.
// In text and not in the datagram's own field, for programs that read lines.
std::unique_ptr<spdlog::formatter> datagram_formatter(settings::LogFormat format) {
  if (format == settings::LogFormat::kJson) return std::make_unique<JsonFormatter>("");
  return std::make_unique<spdlog::pattern_formatter>("%l %v", spdlog::pattern_time_type::utc, "");
}

spdlog::sink_ptr stderr_sink(settings::LogFormat format) {
  auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  sink->set_formatter(stderr_formatter(format));
  return sink;
}

spdlog::sink_ptr make_sink(const settings::Log& log) {
  std::shared_ptr<spdlog::sinks::sink> sink;
  switch (log.target) {
    case settings::LogTarget::kStderr: return stderr_sink(log.format);
    case settings::LogTarget::kSyslog:
      sink = std::make_shared<DatagramSink>(
          kSyslogSocket, [](auto level, std::string_view /*line*/, std::string_view shown) {
            return syslog_datagram(severity_of(level), ::getpid(), shown);
          });
      break;
    case settings::LogTarget::kJournal:
      sink = std::make_shared<DatagramSink>(
          kJournalSocket, [](auto level, std::string_view line, std::string_view shown) {
            return journal_datagram(severity_of(level), line, shown);
          });
      break;
  }
  sink->set_formatter(datagram_formatter(log.format));
  return sink;
}

std::shared_ptr<spdlog::logger>& announcer() {
  static std::shared_ptr<spdlog::logger> logger;
  return logger;
}

}  // namespace

spdlog::logger& announcements() {
  // Without set_up_log(), in tests: where all else goes.
  // No destructor may need it later than it lives: it is made with the first use and stays.
  if (announcer() == nullptr) {
    const auto& sinks = spdlog::default_logger()->sinks();
    announcer() = std::make_shared<spdlog::logger>("announcements", sinks.begin(), sinks.end());
    // Its level is its own: `log_level = "error"` must not hide that the server is ready.
    announcer()->set_level(spdlog::level::info);
    announcer()->flush_on(spdlog::level::info);
  }
  return *announcer();
}

void set_up_log(settings::LogLevel level, const settings::Log& log) {
  const spdlog::sink_ptr sink = make_sink(log);
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("restanted", sink));
  spdlog::set_level(to_spdlog(level));
  // Each line at once: the last lines before a crash say most.
  spdlog::flush_on(spdlog::level::trace);
  static_cast<void>(announcements());
  // The program that started this one waits for these lines there.
  if (log.target != settings::LogTarget::kStderr)
    announcer()->sinks().push_back(stderr_sink(log.format));
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
