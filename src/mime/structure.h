// The structure of a message (RFC 2046 s.5.1, s.5.2): its parts as a flat list, each with its
// header fields and its octets. One pass over the lines, without recursion; what is cut, nested too
// deep or beyond the bounds is not walked. Pure.
//
// The work is linear in the message's size for any input: each line is compared with the open
// boundaries only when it begins with "--", and guesses (a wrong boundary) share a budget.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "mime/header_block.h"
#include "mime/media_type.h"

namespace restante::mime {

/// Leaves and messages; multiparts beside them are bounded by as many.
inline constexpr std::size_t kPartsMax = 1000;
/// Open multiparts and messages around a part.
inline constexpr std::size_t kDepthMax = 64;
/// Of messages and multiparts that are encoded themselves, and of what is within S/MIME.
inline constexpr std::size_t kDecodedBytesMax = 64U << 20;

enum class Kind : std::uint8_t {
  kLeaf,
  kMultipart,
  kMessage,
  kSigned,  ///< S/MIME around the part that follows (signed_data.h).
};

struct Node {
  static constexpr std::size_t kNone = SIZE_MAX;

  std::size_t parent = kNone;  ///< A multipart or a message; before this in the list.
  Kind kind = Kind::kLeaf;
  HeaderBlock header;
  MediaType media;
  std::string_view body;  ///< As it stands, encoded. Of a message: the message whole.
};

struct Structure {
  std::vector<Node> nodes;  ///< In the order of the message; the first is the message itself.
  std::deque<std::string> decoded;  ///< Some nodes' views point into these.
  bool is_whole = true;             ///< False: cut, or beyond a bound: something was not walked.
  std::uint64_t work = 0;  ///< Octets that were looked at, those looked at twice counted twice.

  /// The node within a message: its header is the message's.
  [[nodiscard]] const Node* inside(std::size_t message) const;
};

/// The views look into `message`, which must live as long as the result.
Structure read_structure(std::string_view message);

}  // namespace restante::mime
