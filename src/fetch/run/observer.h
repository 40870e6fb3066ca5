// Tells of a run as it happens: for progress bars and lines. Called from the thread that fetches,
// between reads: an observer returns soon, and locks what it shares.
#pragma once

#include <cstdint>
#include <string_view>

namespace restante::fetch {

enum class Phase : std::uint8_t {
  kConnecting,  ///< To the greeting, TLS and login.
  kListing,
  kComparing,  ///< Headers are looked at, before anything is fetched.
  kFetching,
  kDeleting,   ///< On the server, up to its answer to QUIT.
  kScanning,   ///< For viruses; no session is open, here and from here on.
  kHandingOn,  ///< To other programs and servers.
};

enum class Outcome : std::uint8_t {
  kNew,      ///< It is in the archive now.
  kKnown,    ///< Its content was in the archive already, or was removed from it.
  kSkipped,  ///< Left out on purpose.
  kFailed,   ///< Not fetched; tried again later.
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void entered(Phase) {}
  /// The number and the size of the messages to fetch from now on. Octets as LIST says: a hint. A
  /// run of several sessions plans several times; each replaces the one before.
  virtual void planned(std::uint64_t /*messages*/, std::uint64_t /*octets*/) {}
  /// More octets of messages have come.
  virtual void received(std::uint64_t /*octets*/) {}
  /// One message is dealt with; kNew and kKnown are durable.
  virtual void settled(Outcome) {}
  /// Something that the user should know; it stands in the report, too.
  virtual void noted(std::string_view /*note*/) {}
};

}  // namespace restante::fetch
