// Flags and arrival of mail that other programs kept, as Maildir's letters, and how far to believe
// them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace restante::archive {

/// The words of a message's source about it.
struct Told {
  std::string flags;                    ///< Maildir's letters.
  std::optional<std::int64_t> arrived;  ///< Unix seconds.
  bool certain = false;                 ///< An archive's own export says so.
};

struct HeaderState {
  std::string flags;
  bool deleted = false;  ///< Thunderbird has deleted it, and not compacted its folder yet.
};

/// The header of a message, of which these are the first octets, with LF lines.
std::string header_in(std::string_view octets);

/// `header`: of LF lines, as the file has it. The flags of Status and X-Status (mail, mutt, Python)
/// and of X-Mozilla-Status. Only where Thunderbird writes the latter, above all other fields, is it
/// believed: a sender could write it as well, and it says "deleted".
HeaderState state_of_header(std::string_view header);
/// Only what Thunderbird says.
HeaderState mozilla_state_of(std::string_view header);

/// The two lines that state_of_header() reads these flags from; what no letter is for is left out.
std::string status_lines(std::string_view flags);
/// The same in Thunderbird's form, "X-Mozilla-Status" and "X-Mozilla-Status2".
std::string mozilla_status_lines(std::string_view flags);

/// The time of arrival, if it can be believed: neither in the future, nor long before the message's
/// own Date (that is a date for all messages, as `git format-patch` writes it, or a clock that was
/// not set). `date` is the field's text; `now` in unix seconds.
std::optional<std::int64_t> credible_arrival(const Told& told, std::string_view date,
                                             std::int64_t now);

/// The time that the name of a Maildir's file begins with; nothing: it begins otherwise.
std::optional<std::int64_t> time_in_name(std::string_view name);

}  // namespace restante::archive
