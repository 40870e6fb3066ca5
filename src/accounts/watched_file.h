// What a text file of accounts said when it was read, and whether it has changed since. Other
// programs write it, in place or by a rename: half a file, or an empty one, is never taken for the
// whole. A value; threads that share it lock.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "accounts/quiet_file.h"
#include "base/result.h"

namespace restante::accounts {

/// Whether a last line without its end is one: not in a file that may still be being written.
enum class LastLine : bool { kCounts, kMayBeHalf };

/// What became of a reading that changed something.
template <typename Contents>
struct FileChange {
  const Contents& contents;
  bool began_to_be_half;  ///< It is being written in place, and was not at the last reading.
};

/// `Contents` has size(), how many entries, and is_cut, whether its last line has no end.
template <typename Contents>
class WatchedFile {
 public:
  using Read = std::function<Result<Contents>(LastLine)>;
  using Tell = std::function<void(const FileChange<Contents>&)>;

  /// The first reading. Errors: the reading's.
  Status open(const std::filesystem::path& path, WallTime now, const Read& read, const Tell& tell) {
    return read_file(path, now, read, tell);
  }

  /// Whether catch_up() would read. Looks at the file.
  [[nodiscard]] bool is_behind(const std::filesystem::path& path, WallTime now) const {
    if (files::stamp_if_there(path) != quiet_.stamp) return true;
    if (!trouble_.empty()) return steady_now() - tried_ >= kBetweenTries;
    return may_be_half_ && quiet_.is_over(now, steady_now());
  }

  /// Reads the file. When that fails, or the file has become empty, the old contents stay; `report`
  /// hears of it once. Errors: kIo, the reading's.
  Status catch_up(const std::filesystem::path& path, WallTime now, const Read& read,
                  const Tell& tell, const std::function<void(const Error&)>& report) {
    Status done = read_file(path, now, read, tell);
    if (done) return done;
    const bool is_news = trouble_ != done.error().detail;
    trouble_ = done.error().detail;
    tried_ = steady_now();
    if (is_news && report) report(done.error());
    return done;
  }

  [[nodiscard]] const Contents& contents() const { return *contents_; }
  [[nodiscard]] std::shared_ptr<const Contents> shared() const { return contents_; }

  /// Whether what is missing may be there all the same.
  [[nodiscard]] bool is_uncertain() const { return may_be_half_ || !trouble_.empty(); }

 private:
  using Steady = Quiet::Steady;

  // What could not be read is tried again, though nothing about it seems to have changed.
  static constexpr auto kBetweenTries = std::chrono::seconds(1);

  static Steady steady_now() { return std::chrono::steady_clock::now(); }

  Status read_file(const std::filesystem::path& path, WallTime now, const Read& read,
                   const Tell& tell) {
    const files::Stamp before = quiet_.stamp;
    const bool was_half = may_be_half_;
    const bool is_first = contents_ == nullptr;
    // Looked at before it is read: what changes in between is seen by the next question.
    look(path, now);
    if (!is_first && quiet_.stamp.is_there() && quiet_.stamp.bytes == 0 && contents_->size() > 0)
      return Error(Errc::kIo, path.string() +
                                  " has become empty: taken for one that is being written; if it "
                                  "is meant, write a comment line into it");
    RESTANTE_TRY(Contents fresh, read(may_be_half_ ? LastLine::kMayBeHalf : LastLine::kCounts));
    if (is_first && fresh.is_cut && !quiet_.is_over(now, steady_now())) {
      may_be_half_ = true;
      RESTANTE_TRY(Contents whole_lines, read(LastLine::kMayBeHalf));
      fresh = std::move(whole_lines);
    }
    const bool is_same = !is_first && trouble_.empty() && before == quiet_.stamp &&
                         contents_->size() == fresh.size();
    trouble_.clear();
    contents_ = std::make_shared<const Contents>(std::move(fresh));
    if (tell && !path.empty() && !is_same)
      tell(FileChange<Contents>{*contents_, may_be_half_ && !was_half});
    return ok();
  }

  /// Takes the file's new stamp, and decides whether it may still be being written.
  void look(const std::filesystem::path& path, WallTime now) {
    const files::Stamp stamp = files::stamp_if_there(path);
    const files::Stamp old = quiet_.stamp;
    if (stamp != old) {
      quiet_ = Quiet{stamp, steady_now()};
      const bool is_written = stamp.bytes != old.bytes || stamp.modified_ns != old.modified_ns;
      if (contents_ == nullptr)
        may_be_half_ = false;
      else if (stamp.is_same_file(old))
        may_be_half_ = may_be_half_ || is_written;
      else
        may_be_half_ = stamp.is_there() && was_written_in_place(path, stamp);
    }
    if (quiet_.is_over(now, steady_now())) may_be_half_ = false;
  }

  Quiet quiet_;               ///< The file as it was when it was read, and since when.
  bool may_be_half_ = false;  ///< It was written in place, and has not been quiet since.
  std::string trouble_;       ///< Why it could not be read; then the contents are older.
  Steady tried_{};            ///< Then.
  std::shared_ptr<const Contents> contents_;
};

}  // namespace restante::accounts
