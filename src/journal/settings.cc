#include "journal/settings.h"

#include "config/keys.h"

namespace restante::journal {
namespace {

using config::Count;
using config::kBoolean;
using config::key;
using config::kPath;
using config::Size;

constexpr std::uint64_t kSizeMin = 1ULL << 20;
constexpr std::uint64_t kSizeMax = 1ULL << 40;
constexpr std::uint64_t kDaysMax = 36'500;

}  // namespace

const config::Keys<Settings>& keys() {
  static const config::Keys<Settings> keys = {
      key("enabled", &Settings::enabled, kBoolean,
          "An act for each delivery, retrieval, deletion and login is kept, for "
          "`restantectl journal` ([journal.md](journal.md))."),
      key("path", &Settings::path, kPath,
          "The folder of its files, for a disk of its own. It is the server's alone: another "
          "owner, "
          "or rights of others, are refused.",
          "`data_dir/journal`"),
      key("size", &Settings::size, Size(kSizeMin, kSizeMax),
          "The most that its files take together; the oldest go first."),
      key("days", &Settings::days, Count(1, kDaysMax), "How long acts are kept."),
  };
  return keys;
}

}  // namespace restante::journal
