// One file of the simulated disk: its content as readers see it, what the platter has of it, and
// every version between the two that a crash may leave.
//
// A sector is the unit that the disk writes; a crash leaves each unsynced sector in any version it
// ever had since the last sync, or torn between two of them, and the size likewise. Knows nothing
// of names, locks and calls.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/rng.h"

namespace restante::sim {

inline constexpr std::uint64_t kSectorBytes = 512;

/// How much of the unsynced content a crash leaves.
enum class Survival : std::uint8_t {
  kNothing,
  kEverything,
  kInOrder,  ///< All until a moment, the write at that moment torn at any byte, nothing after.
  kAny,      ///< Each sector by itself: dropped, kept, or an earlier version; reordering.
};

class Platter {
 public:
  Platter() = default;
  /// What a restart finds.
  explicit Platter(std::string content) : bytes_(std::move(content)), durable_(bytes_) {}

  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] bool is_dirty() const { return !dirty_.empty() || !sizes_.empty(); }

  /// `moment`: ascending over all files, so that kInOrder means the same moment everywhere.
  void write(std::uint64_t offset, std::string_view data, std::uint64_t moment);
  void resize(std::uint64_t size, std::uint64_t moment);
  void sync();
  /// As a failing fsync: pages are marked clean, and it is unknown which of them were written. The
  /// others may stay visible in memory, or be read back from the platter as they were before.
  void fail_sync(Rng& rng);

  /// The content after a crash. For kInOrder, `moment` is the last one that counts. `stale`: the
  /// content of space that was allocated and not written (zeros when empty).
  [[nodiscard]] std::string after_crash(Survival survival, std::uint64_t moment,
                                        std::string_view stale, Rng& rng) const;

  /// Damage at rest: the bytes change for readers and on the platter alike.
  void damage(std::uint64_t offset, std::string_view data);

 private:
  struct Version {
    std::uint64_t moment;
    std::string bytes;  ///< A whole sector, zeros behind the end of the file.
  };
  struct Size {
    std::uint64_t moment;
    std::uint64_t size;
  };
  void mark(std::uint64_t from, std::uint64_t to, std::uint64_t moment);
  [[nodiscard]] std::string sector_of(const std::string& content, std::uint64_t sector,
                                      std::string_view stale) const;
  [[nodiscard]] std::string version_after_crash(std::uint64_t sector, Survival survival,
                                                std::uint64_t moment, std::string_view stale,
                                                Rng& rng) const;
  [[nodiscard]] std::uint64_t size_after_crash(Survival survival, std::uint64_t moment,
                                               Rng& rng) const;

  std::string bytes_;
  std::string durable_;
  std::map<std::uint64_t, std::vector<Version>> dirty_;  // By sector; since the last sync.
  std::vector<Size> sizes_;                              // The same; empty: as the platter has it.
};

}  // namespace restante::sim
