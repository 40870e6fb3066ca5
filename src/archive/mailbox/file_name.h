// Names in the archive. A message's file is `<unix seconds>.<sha256>.restante,S=<bytes>`, in cur/
// with `:2,FLAGS` behind it; an account's folder is its name, made safe. Pure: no disk. A file
// under any other name is another program's: read, never renamed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace restante::archive {

struct FileName {
  std::int64_t seconds = 0;  ///< When it was received, unix time.
  std::string sha256;        ///< Of the octets as received.
  std::uint64_t bytes = 0;   ///< Of the file on the disk.
  std::string flags;  ///< Letters behind ":2,", sorted; S is "seen", F "flagged", T "trashed".
};

/// Nothing when the name is not one of ours.
std::optional<FileName> parse_file_name(std::string_view name);
/// The name in new/ (without flags), or in cur/ (with ":2," and the flags).
std::string new_name(const FileName& name);
std::string cur_name(const FileName& name);

/// The flags of any Maildir name, ours or not; sorted, without doubles.
std::string flags_of(std::string_view name);

/// The folder of an account: letters, digits, "-_.@+" and well-formed UTF-8 stay, the rest, a first
/// dot and "%" become %XX. Different accounts have different folders.
std::string account_folder(std::string_view account);
/// The account of a folder; nothing when account_folder() makes no such name.
std::optional<std::string> account_of_folder(std::string_view folder);

}  // namespace restante::archive
