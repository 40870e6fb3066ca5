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

#include "fetch/local_mail.h"

namespace restante::fetch {

class Recogniser {
 public:
  /// `local` outlives it. Looks at what is known now.
  explicit Recogniser(LocalMail& local);

  /// Something here has this size: the header may tell.
  [[nodiscard]] bool has_candidates(std::optional<std::uint64_t> octets) const;
  /// The checksum of the message that has this size and this header (HeaderBlock's form, whole).
  /// Errors: none; what cannot be read is not found.
  [[nodiscard]] std::optional<std::string> find(std::uint64_t octets,
                                                std::string_view header) const;

 private:
  LocalMail& local_;
  std::unordered_map<std::uint64_t, std::vector<std::string>> by_octets_;
};

}  // namespace restante::fetch
