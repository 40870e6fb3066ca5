// Finds messages that are here already although the server calls them by another id, or by none:
// by their size as LIST says it and by their header, which is read from the archive. When in doubt
// it finds nothing, and the message is fetched.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fetch/state/local_mail.h"

namespace restante::fetch {

/// A message that is known, perhaps under another unique id.
struct Recognised {
  std::string sha256;
  std::uint32_t copy = 1;
};

/// Whether each message may be found once only: so it is where each has an id.
enum class OneForOne : bool { kNo, kYes };

class Recogniser {
 public:
  /// `local` outlives it. Looks at what is known now. With kYes it finds only what the server no
  /// longer lists under the id that it had.
  Recogniser(LocalMail& local, OneForOne one_for_one);

  /// Something here has this size: the header may tell.
  [[nodiscard]] bool has_candidates(std::optional<std::uint64_t> octets) const;
  /// The message that has this size and this header (HeaderBlock's form, whole); none where the
  /// header has neither Message-ID nor Received.
  /// Errors: none; what cannot be read is not found.
  std::optional<Recognised> find(std::uint64_t octets, std::string_view header);

 private:
  struct Group {
    std::vector<Recognised> messages;
    bool read = false;  // Their headers are in by_header_.
  };
  static std::string name_of(std::uint64_t octets, std::string_view header);
  void read_headers(std::uint64_t octets, Group& group);

  LocalMail& local_;
  const OneForOne one_for_one_;
  std::unordered_map<std::uint64_t, Group> by_octets_;
  std::unordered_map<std::string, std::vector<Recognised>> by_header_;
};

}  // namespace restante::fetch
