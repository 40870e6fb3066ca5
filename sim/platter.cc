#include "sim/platter.h"

#include <algorithm>
#include <cstring>

namespace restante::sim {

void Platter::mark(std::uint64_t from, std::uint64_t to, std::uint64_t moment) {
  for (std::uint64_t s = from / kSectorBytes; s * kSectorBytes < to; ++s)
    dirty_[s].push_back({moment, sector_of(bytes_, s, {})});
}

/// The sector out of `content`; what it does not reach is zero, or `stale`.
std::string Platter::sector_of(const std::string& content, std::uint64_t sector,
                               std::string_view stale) const {
  const std::uint64_t from = sector * kSectorBytes;
  std::string out;
  if (from < content.size())
    out = content.substr(static_cast<std::size_t>(from), kSectorBytes);
  else if (from < stale.size())
    out = stale.substr(static_cast<std::size_t>(from), kSectorBytes);
  out.resize(kSectorBytes);
  return out;
}

void Platter::write(std::uint64_t offset, std::string_view data, std::uint64_t moment) {
  if (data.empty()) return;
  const std::uint64_t before = bytes_.size();
  const std::uint64_t end = offset + data.size();
  if (end > before) {
    bytes_.resize(static_cast<std::size_t>(end));
    sizes_.push_back({moment, end});
  }
  std::memcpy(bytes_.data() + offset, data.data(), data.size());
  mark(std::min(offset, before), end, moment);
}

void Platter::resize(std::uint64_t size, std::uint64_t moment) {
  const std::uint64_t before = bytes_.size();
  if (size == before) return;
  bytes_.resize(static_cast<std::size_t>(size));
  sizes_.push_back({moment, size});
  mark(std::min(before, size), std::max(before, size), moment);
}

void Platter::sync() {
  durable_.resize(bytes_.size());
  // Dirty sectors only: sectors that an earlier failed sync marked clean do not come back to the
  // platter.
  for (const auto& [sector, versions] : dirty_) {
    const std::uint64_t from = sector * kSectorBytes;
    if (from >= bytes_.size()) continue;
    const auto count = std::min<std::size_t>(kSectorBytes, bytes_.size() - from);
    std::memcpy(durable_.data() + from, bytes_.data() + from, count);
  }
  dirty_.clear();
  sizes_.clear();
}

void Platter::fail_sync(Rng& rng) {
  const bool size_written = rng.one_in(2);
  const bool forgets = rng.one_in(2);
  const std::uint64_t written = rng.below(3);  // Of every two sectors.
  std::string platter = durable_;
  if (size_written) platter.resize(bytes_.size());
  for (const auto& [sector, versions] : dirty_) {
    const std::uint64_t from = sector * kSectorBytes;
    const bool reached = rng.below(2) < written;
    std::string& target = reached ? platter : bytes_;
    const std::string source = reached ? versions.back().bytes : sector_of(durable_, sector, {});
    if ((!reached && !forgets) || from >= target.size()) continue;
    const auto count = std::min<std::size_t>(kSectorBytes, target.size() - from);
    std::memcpy(target.data() + from, source.data(), count);
  }
  durable_ = std::move(platter);
  dirty_.clear();
  sizes_.clear();
  if (durable_.size() != bytes_.size()) sizes_.push_back({0, bytes_.size()});
}

std::uint64_t Platter::size_after_crash(Survival survival, std::uint64_t moment, Rng& rng) const {
  std::uint64_t size = durable_.size();
  switch (survival) {
    case Survival::kNothing: break;
    case Survival::kEverything: size = bytes_.size(); break;
    case Survival::kInOrder:
      for (const Size& change : sizes_)
        if (change.moment <= moment) size = change.size;
      break;
    case Survival::kAny:
      if (const std::uint64_t at = rng.below(sizes_.size() + 1)) size = sizes_[at - 1].size;
      break;
  }
  return size;
}

std::string Platter::version_after_crash(std::uint64_t sector, Survival survival,
                                         std::uint64_t moment, std::string_view stale,
                                         Rng& rng) const {
  const std::vector<Version>& versions = dirty_.at(sector);
  const auto version = [&](std::size_t number) {
    return number == 0 ? sector_of(durable_, sector, stale) : versions[number - 1].bytes;
  };
  std::size_t kept = 0;
  if (survival == Survival::kEverything) kept = versions.size();
  if (survival == Survival::kInOrder)
    while (kept < versions.size() && versions[kept].moment < moment) ++kept;
  if (survival == Survival::kAny) kept = rng.below(versions.size() + 1);
  std::string out = version(kept);
  // Torn: the head of the next version before the tail of this one, or the other way round.
  const bool tears = survival == Survival::kAny && rng.one_in(8);
  if (!tears || kept == versions.size()) return out;
  const std::size_t cut = rng.below(kSectorBytes);
  const std::string other = version(kept + 1);
  return rng.one_in(2) ? other.substr(0, cut) + out.substr(cut)
                       : out.substr(0, cut) + other.substr(cut);
}

std::string Platter::after_crash(Survival survival, std::uint64_t moment, std::string_view stale,
                                 Rng& rng) const {
  std::string out = durable_;
  const std::size_t size = static_cast<std::size_t>(size_after_crash(survival, moment, rng));
  out.resize(std::max(size, durable_.size()));
  const bool all_dirty_zero = survival == Survival::kNothing;
  // The write of the last moment reached the platter up to a byte: sectors in ascending order.
  std::vector<std::uint64_t> last;
  for (const auto& [sector, versions] : dirty_) {
    if (all_dirty_zero) break;
    const std::uint64_t from = sector * kSectorBytes;
    const std::string chosen = version_after_crash(sector, survival, moment, stale, rng);
    if (survival == Survival::kInOrder &&
        std::ranges::any_of(versions, [&](const Version& v) { return v.moment == moment; }))
      last.push_back(sector);
    if (from >= out.size()) continue;
    std::memcpy(out.data() + from, chosen.data(),
                std::min<std::size_t>(kSectorBytes, out.size() - from));
  }
  // Often at the very start, where the headers are.
  std::uint64_t budget = rng.below(rng.one_in(4) ? 64 : last.size() * kSectorBytes + 1);
  for (const std::uint64_t sector : last) {
    const std::uint64_t from = sector * kSectorBytes;
    if (budget == 0 || from >= out.size()) break;
    const auto count = std::min({kSectorBytes, budget, out.size() - from});
    for (const Version& version : dirty_.at(sector))
      if (version.moment == moment) std::memcpy(out.data() + from, version.bytes.data(), count);
    budget -= count;
  }
  out.resize(size);
  return out;
}

void Platter::damage(std::uint64_t offset, std::string_view data) {
  const auto put = [&](std::string& target) {
    if (offset >= target.size()) return;
    const auto count = std::min<std::size_t>(data.size(), target.size() - offset);
    std::memcpy(target.data() + offset, data.data(), count);
  };
  put(bytes_);
  put(durable_);
  for (auto& [sector, versions] : dirty_)
    for (Version& version : versions) version.bytes = sector_of(bytes_, sector, {});
}

}  // namespace restante::sim
