// The closed set of failures. One layer turns them into replies (src/server), one into log lines;
// `detail` is for the log and for operators, never for a peer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace restante {

enum class Errc : std::uint8_t {
  kIo,        ///< The disk or the network failed; errno and path are in the detail.
  kCorrupt,   ///< Stored bytes do not match their checksum or their format.
  kNotFound,  ///< No such thing.
  kExists,    ///< It is there already.
  kBusy,      ///< Another session or another process holds it.
  kLimit,     ///< A limit of base/limits.h or of the configuration was reached.
  kSyntax,    ///< The input breaks the grammar.
  kState,     ///< Right words, wrong moment.
  kAuth,      ///< The credentials are wrong.
  kTimeout,   ///< The deadline passed.
  kClosed,    ///< The peer is gone, or the thing was closed.
  kFull,      ///< No space: the disk or its quota is full.
};

/// The name of the code, for logs: "io", "corrupt", ….
std::string_view to_string(Errc code);

struct [[nodiscard]] Error {
  explicit Error(Errc c, std::string d = {}) : code(c), detail(std::move(d)) {}

  /// "corrupt: record header checksum", for logs and operators.
  [[nodiscard]] std::string message() const;

  Errc code;
  std::string detail;
};

}  // namespace restante
