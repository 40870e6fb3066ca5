// Where the files of a maildrop lie: root/maildrops/<2 hex>/<encoded account>.{log,idx,aside}.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace restante::maildrop::log {

struct LogPaths {
  std::string maildrops;  ///< The directory of the 256 directories.
  std::string directory;  ///< The one of this maildrop.
  std::string log;
  std::string log_new;    ///< While it is rewritten.
  std::string index;      ///< Derived from the log; may be thrown away at any time.
  std::string index_new;  ///< While it is written.
  std::string aside;      ///< Bytes that were cut from the log.
};

LogPaths log_paths(const std::string& root, std::string_view account);

/// a-z 0-9 @ . _ + - as they are, other bytes as %XX. Over 180 bytes: a prefix, "%~" and a 128-bit
/// hash ("~" stands nowhere else; the log's header holds the whole name).
std::string encode_account(std::string_view account);

/// The account whose encoded name this is; nothing when it is none, or only its hash is there.
std::optional<std::string> decode_account(std::string_view name);

/// The directory that holds `path`.
std::string parent_directory(const std::string& path);

}  // namespace restante::maildrop::log
