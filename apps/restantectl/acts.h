// The changes that restantectl has made, and their authors: data_dir/acts.log, one line of JSON an
// act, its keys only ever added to. Appended with one write, so that acts at the same time do not
// mix; at kActsBytesMax the file becomes acts.log.1. Not synced: it is a record, not the act
// itself.
#pragma once

#include <sys/types.h>

#include <boost/json/object.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace restante::ctl {

inline constexpr std::uintmax_t kActsBytesMax = 4U << 20;

/// The user who runs this. Found out at the start, since root changes to another user later.
struct Actor {
  uid_t uid = 0;
  std::string user;       ///< Of that uid; empty: it has no name.
  std::string sudo_user;  ///< As sudo says. Root can set it to anything, so that it proves nothing.
};
Actor find_actor();

struct Act {
  std::string command;             ///< "account add".
  std::vector<std::string> words;  ///< The words behind it; no secret among them.
  int exit = 0;
  boost::json::object details{};  ///< Details from the command, such as the unique ids it made.
};

/// The words behind `command` in the command line, as they were typed, but for the options of the
/// whole program.
std::vector<std::string> words_behind(const std::string& command,
                                      const std::vector<std::string>& typed);

/// Whether this command changes anything that the server knows.
bool is_act(std::string_view command);

/// One line with its LF: valid UTF-8, for all words.
std::string act_line(const Act& act, const Actor& actor, WallTime now);

/// Appends it. Errors: kIo.
Status write_act(const std::filesystem::path& data_dir, const std::string& line);

}  // namespace restante::ctl
