// Writes acts into the journal's folder: noted in memory at once, on the disk within a second, by a
// thread of its own. Mail never waits for it: what a full or slow disk does not take is counted and
// dropped, and the journal says how much that was.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "journal/act.h"
#include "journal/folder.h"
#include "journal/polls.h"

namespace restante::journal {

/// A message that an act was about.
struct Message {
  std::string uid;
  std::uint64_t octets = 0;
};

/// Acts that wait for the disk, at most.
inline constexpr std::size_t kWaitingMax = 100'000;

class Journal {
 public:
  /// Makes the folder when it is missing. `clock` outlives the journal. Errors: as
  /// files::system_error(); kLimit (no thread).
  static Result<std::unique_ptr<Journal>> open(files::Path folder, const Limits& limits,
                                               const Clock& clock);
  /// Writes what waits.
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Of this moment, where Act::when is not set. Never waits for the disk; from any thread.
  void note(Act act);
  /// Several in their order, which are taken out of `acts`.
  void note_all(std::vector<Act>& acts);
  /// The same act for each of these messages, which are taken out of `messages`: nothing of it is
  /// copied. `like` has no uid, no octets and no time of its own.
  void note_each(const std::shared_ptr<const Act>& like, std::vector<Message>& messages);
  /// A session that changed nothing, by its login; one line an account and hour.
  void note_poll(const Act& login);
  /// What stands for a name that no account has: people type passwords there. The same for the same
  /// name in this journal.
  [[nodiscard]] std::string hidden(std::string_view name) const;
  /// Until all that was noted before is written or dropped. For tests and tools.
  void settle();
  /// Acts that were dropped since the start.
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  Journal(files::Path folder, const Limits& limits, const Clock& clock, std::string key)
      : folder_(std::move(folder)), limits_(limits), clock_(clock), key_(std::move(key)) {}

  /// An act as it waits: what many have in common stands once.
  struct Noted {
    std::shared_ptr<const Act> like;
    Message message;
    WallTime when{};
  };

  void run();
  void add(Noted noted);  // With the lock.
  void write(const std::vector<Noted>& noted);
  Status write_lines(const std::string& lines);

  const files::Path folder_;
  const Limits limits_;
  const Clock& clock_;
  const std::string key_;  // Of hidden().

  mutable std::mutex mutex_;
  std::condition_variable noted_;
  std::condition_variable written_;
  std::vector<Noted> waiting_;
  Polls polls_;
  std::uint64_t noted_count_ = 0;
  std::uint64_t written_count_ = 0;  // Or dropped.
  std::uint64_t dropped_ = 0;
  std::uint64_t dropped_told_ = 0;
  bool ends_ = false;
  bool hurries_ = false;  // settle() waits.
  std::thread thread_;
};

/// One act from a program that ends at once: a tool. Errors: as files::system_error(); kNotFound:
/// there is no journal, and none is made.
Status note_once(const files::Path& folder, const Limits& limits, const Act& act);

}  // namespace restante::journal
