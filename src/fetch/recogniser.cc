#include "fetch/recogniser.h"

#include <algorithm>

#include "fetch/header_block.h"

namespace restante::fetch {
Recogniser::Recogniser(LocalMail& local) : local_(local) {
  for (const auto& [uid, entry] : local.known()) {
    if (!entry.has_content() || !entry.octets) continue;
    std::vector<std::string>& same = by_octets_[*entry.octets];
    if (std::find(same.begin(), same.end(), entry.sha256) == same.end())
      same.push_back(entry.sha256);
  }
}

bool Recogniser::has_candidates(std::optional<std::uint64_t> octets) const {
  return octets && by_octets_.contains(*octets);
}

std::optional<std::string> Recogniser::find(std::uint64_t octets, std::string_view header) const {
  const auto candidates = by_octets_.find(octets);
  if (candidates == by_octets_.end()) return std::nullopt;
  for (const std::string& sha256 : candidates->second) {
    const std::optional<archive::Place> place = local_.mailbox().find(sha256);
    if (!place) continue;
    const HeaderBlock own = read_header(local_.mailbox().path_of(*place));
    if (own.whole() && own.text() == header) return sha256;
  }
  return std::nullopt;
}

}  // namespace restante::fetch
