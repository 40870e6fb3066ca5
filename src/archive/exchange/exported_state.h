// What an export of single files (eml, zip) keeps beside them, since their octets have no room for
// it: flags and times, a JSON object a line, by the message's checksum. The file is only ever added
// to; the last line of a message counts.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "archive/exchange/mail_state.h"
#include "archive/mailbox/files.h"
#include "base/result.h"

namespace restante::archive {

inline constexpr std::string_view kExportedStateName = "restante-messages.jsonl";

/// One line: {"sha256":"…","flags":"FS","arrived":1709632800}
std::string exported_state_line(std::string_view sha256, std::string_view flags,
                                std::int64_t arrived);

/// By checksum. Lines that it does not understand are left out.
class ExportedState {
 public:
  /// Errors: kNotFound, kIo, kAuth.
  Status read(const Path& file);
  void read_line(std::string_view line);

  /// The state of the message; nothing of one that is not in it.
  [[nodiscard]] const Told* find(const std::string& sha256) const;

 private:
  std::map<std::string, Told, std::less<>> messages_;
};

}  // namespace restante::archive
