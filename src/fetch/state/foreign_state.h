// What other collectors wrote down of the messages that they have fetched: fetchmail's .fetchids,
// getmail's oldmail-*, mpop's uidls file, Thunderbird's popstate.dat. Pure: text in, unique ids
// out. The files are a stranger's: sizes are bounded, and what does not read as one of the four is
// refused whole.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace restante::fetch {

/// The ids that were seen of one login at one server.
struct ForeignList {
  std::string host;  ///< Empty: the file does not say.
  std::string user;
  std::vector<std::string> uids;  ///< Each once.
};

struct ForeignState {
  std::string program;  ///< "fetchmail", "getmail", "mpop", "Thunderbird".
  std::vector<ForeignList> lists;
};

inline constexpr std::size_t kForeignBytesMax = 256U << 20;

/// Which of the four it is, its content tells; of getmail's, the name has server and login.
/// Errors: kSyntax (none of them, or damaged; the detail has the line).
Result<ForeignState> parse_foreign_state(std::string_view text, std::string_view file_name);

/// All ids that are meant for this login: those of its host and user; else, when a single other
/// host has this user, of that, since servers have several names; else of the only list there is,
/// when that names no login. `asked` is "user@host" as the file has it, and decides when it is not
/// empty. Errors: kNotFound; the detail has the logins of the file.
Result<std::vector<std::string>> uids_for(const ForeignState& state, std::string_view host,
                                          std::string_view user, std::string_view asked = {});

}  // namespace restante::fetch
