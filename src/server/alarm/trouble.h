// What can be wrong with the server, in the words of the operator: the list for an
// alarm's mail, and for every other view of the server's state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace restante::server {

enum class TroubleKind : std::uint8_t {
  kDataDir,
  kDisk,
  kDamage,
  kDeliveries,
  kArchive,
  kBackEnd,
  kCertificate,
  kClock,
  kUpkeep,
  kScrub,
  kJournal,
  kBackups,
  kCopies
};

struct Trouble {
  Trouble(TroubleKind k, std::string w, std::string a = {})
      : kind(k), what(std::move(w)), about(std::move(a)) {}

  TroubleKind kind;
  std::string what;   ///< A sentence without its full stop. It may change while the trouble lasts.
  std::string about;  ///< Tells two of one kind apart: a back end, a file. Without line ends.

  /// The same for as long as the trouble lasts, also after a restart: "back-end ldap://a.test".
  [[nodiscard]] std::string key() const;
};

/// "disk": a word for logs, files and programs.
std::string_view name_of(TroubleKind kind);
/// "The disk is nearly full", for a subject line.
std::string_view title_of(TroubleKind kind);
/// What an operator can do: sentences.
std::string_view advice_for(TroubleKind kind);

}  // namespace restante::server
