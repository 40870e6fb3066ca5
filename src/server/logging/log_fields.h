// A line of the log taken apart: "pop3 login failed session=0-1 user="a b"" is the event "pop3
// login failed" with two fields. And the forms in which it leaves: JSON, syslog's, the journal's.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace restante::server {

struct LogFields {
  std::string event;  ///< The words that are no fields.
  /// Each key once, the first counts. Values stand as in the line, without their quotes: \xNN is
  /// not undone, since it may be no text.
  std::vector<std::pair<std::string_view, std::string_view>> fields;
};

/// Views into `line`.
LogFields take_apart(std::string_view line);

/// Syslog's severities, by which the journal counts, too.
enum class Severity : int { kCritical = 2, kError = 3, kWarning = 4, kInfo = 6, kDebug = 7 };

/// One object without LF: "time", "level", "event", and the fields, all of them texts. A field of
/// one of these names has "_" behind it.
std::string json_line(std::string_view time, std::string_view level, std::string_view line);

/// A datagram for /dev/log, facility mail; the receiver adds the time.
std::string syslog_datagram(Severity severity, int process, std::string_view line);

/// A datagram of the journal's own protocol: MESSAGE is `shown`, and each field of `line` is
/// RESTANTE_KEY.
std::string journal_datagram(Severity severity, std::string_view line, std::string_view shown);

}  // namespace restante::server
