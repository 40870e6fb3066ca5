// From what the server counts and sees to what is wrong. Pure: the clock is in the facts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "server/alarm/trouble.h"

namespace restante::server {

/// What is looked at. Counters are since the start of the server.
struct Facts {
  WallTime now{};
  std::string data_dir_lost{};  ///< Why; empty: it is there.
  std::string disk_short{};     ///< The same for the room on its disk.
  std::uint64_t damage_found = 0;
  std::uint64_t deliveries_failed = 0;
  std::string archive_broken{};  ///< Which of its accounts mail cannot go to, and why.
  std::uint64_t archive_failures = 0;
  std::string archive_reason{};  ///< Of the last of these.
  std::uint64_t upkeep_failures = 0;
  std::uint64_t scrub_failures = 0;
  std::uint64_t acts_dropped = 0;
  bool clock_is_doubtful = false;
  std::optional<WallTime> certificate_ends{};           ///< The first one; none: no TLS.
  std::string certificate{};                            ///< Its file.
  std::optional<WallTime> last_backup{};                ///< None: there never was one.
  std::map<std::string, std::string> back_ends_down{};  ///< From where to why.
  std::map<std::string, std::string> targets_down{};    ///< The same of copies' targets.
  std::uint64_t copies_set_aside = 0;
};

struct TroubleLimits {
  std::chrono::milliseconds backup_age{};  ///< 0: any.
  std::chrono::milliseconds certificate_days = std::chrono::days(14);
};

/// Used by one thread at a time.
class TroubleFinder {
 public:
  /// What lasted when the server was stopped: a counter that begins at nothing ends no trouble.
  void resume(const std::string& key, const std::string& what, WallTime now);
  /// What is wrong now, in the order of the kinds. What only shows in a counter that rises lasts
  /// until it has not risen for a quarter of an hour, or for two days where it is looked for daily.
  std::vector<Trouble> look(const Facts& facts, const TroubleLimits& limits);

 private:
  /// A counter, and whether it has risen lately.
  class Riser {
   public:
    /// Whether it has risen by `least` without a pause of `quiet`.
    bool look(std::uint64_t value, std::uint64_t least, std::chrono::milliseconds quiet,
              WallTime now);
    [[nodiscard]] std::uint64_t risen() const { return value_ - from_; }
    /// It rose before the start: `what` says how.
    void resume(const std::string& what, WallTime now);
    /// `now`, or what was said before the start if it has not risen since.
    [[nodiscard]] std::string sentence(const std::string& now) const;

   private:
    std::string before_;  ///< What was said before the start; empty: nothing that lasts.
    std::uint64_t value_ = 0;
    std::uint64_t from_ = 0;  ///< Before it began to rise.
    std::optional<WallTime> rose_;
  };

  struct Lasting {
    std::string what;
    WallTime until{};
  };

  void look_at_down(TroubleKind kind, const std::map<std::string, std::string>& down,
                    const Facts& facts, std::vector<Trouble>& out);
  void look_at_copies(const Facts& facts, std::vector<Trouble>& out);
  void look_at_mail(const Facts& facts, std::vector<Trouble>& out);
  void look_at_archive(const Facts& facts, std::vector<Trouble>& out);
  void look_at_upkeep(const Facts& facts, std::vector<Trouble>& out);

  std::map<std::string, Lasting> resumed_;  ///< Others that were down before the start; by key.
  Riser damage_;
  Riser deliveries_;
  Riser archive_;
  Riser upkeep_;
  Riser scrub_;
  Riser journal_;
};

}  // namespace restante::server
