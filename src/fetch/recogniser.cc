#include "fetch/recogniser.h"

#include <fcntl.h>

#include <algorithm>

#include "archive/files.h"
#include "fetch/header_block.h"

namespace restante::fetch {
namespace {

constexpr std::size_t kReadBytes = 16U << 10;

/// The header of a file; not whole when it cannot be read.
HeaderBlock read_header(const archive::Path& path) {
  HeaderBlock header;
  const Result<archive::Descriptor> file = archive::open_file(path, O_RDONLY);
  if (!file) return header;
  std::string buffer(kReadBytes, '\0');
  for (std::size_t bytes = 0; bytes <= HeaderBlock::kBytesMax && !header.whole();) {
    const Result<std::string_view> piece = archive::read_some(*file, buffer, path);
    if (!piece || piece->empty()) break;
    bytes += piece->size();
    header.feed(*piece);
  }
  return header;
}

}  // namespace

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
