// What a file of another program is, by its content first and by its name where content leaves it
// open. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace restante::archive {

enum class SourceKind : std::uint8_t {
  kNoMail,
  kMessage,
  kMbox,
  kEmlx,   ///< Apple Mail's: a count of octets, the message, a property list.
  kGzip,   ///< One of the above, packed.
  kZip,    ///< Several.
  kState,  ///< The flags and times beside an archive's own export (exported_state.h).
};

/// `beginning`: the first octets of the file, kLookBytes of them when it has as many.
SourceKind kind_of(std::string_view beginning, std::string_view name);

/// A checksum in a file's name, as the archive's own exports have; else empty.
std::string checksum_in(std::string_view name);

/// Without a byte order mark and empty lines, which some programs begin an mbox file with.
std::string_view without_empty_beginning(std::string_view octets);

}  // namespace restante::archive
