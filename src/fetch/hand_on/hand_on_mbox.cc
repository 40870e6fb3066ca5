// Hands messages on to an mbox file, with the locks of other programs, and leaves no half of one.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "archive/mailbox/files.h"
#include "fetch/hand_on/hand_on_target.h"
#include "fetch/hand_on/mbox_mark.h"

namespace restante::fetch {
namespace {

/// mboxrd: a ">" before each line of the form ">*From ". Streaming.
class FromQuoter {
 public:
  void write(std::string_view octets, std::string& out) {
    for (const char c : octets) step(c, out);
  }
  /// An empty line ends the message.
  void finish(std::string& out) {
    out += held_;
    held_.clear();
    out += at_line_start_ ? "\n" : "\n\n";
  }

 private:
  static constexpr std::string_view kFrom = "From ";

  void step(char c, std::string& out) {
    if (undecided_) {
      held_ += c;
      const std::string_view word =
          std::string_view(held_).substr(std::min(held_.find_first_not_of('>'), held_.size()));
      if (word == kFrom) out += '>';
      undecided_ = kFrom.starts_with(word) && word != kFrom && held_.size() < kHeldMax;
      if (undecided_) return;
      out += held_;
      held_.clear();
    } else {
      out += c;
    }
    at_line_start_ = undecided_ = c == '\n';
  }

  static constexpr std::size_t kHeldMax = 1000;  // Longer than any quoting of "From ".
  std::string held_;
  bool undecided_ = true;  // The line so far may become ">*From ".
  bool at_line_start_ = true;
};

/// The lock that programs of the system and other runs of ours respect.
Status lock(const archive::Descriptor& file, const archive::Path& path) {
  Status locked = files::lock_whole(file, files::WhenLocked::kFail, path);
  if (!locked && locked.error().code == Errc::kBusy)
    locked.error().detail = path.string() + ": another program has the mailbox locked";
  return locked;
}

/// All that is appended, in pieces.
Status render(const HandOnMessage& message, const archive::OctetSink& sink) {
  std::string out(kMboxSeparator);
  FromQuoter quoter;
  RESTANTE_CHECKED(message.send_as_on_disk([&](std::string_view octets) -> Status {
    quoter.write(octets, out);
    Status written = sink(out);
    out.clear();
    return written;
  }));
  quoter.finish(out);
  return sink(out);
}

Status append(const archive::Descriptor& file, const archive::Path& path,
              const HandOnMessage& message) {
  RESTANTE_CHECKED(render(
      message, [&](std::string_view octets) { return archive::write_all(file, octets, path); }));
  // The message leaves the queue next, and perhaps the server: it must not live in the page cache
  // alone.
  RESTANTE_CHECKED(archive::sync_data(file, path));
  // The file may be new, or its name not durable yet since an earlier run died.
  return archive::sync_folder(files::folder_of(path));
}

/// An mbox that a crash left without its last line end gets it, so that the separator is one.
Status end_last_line(const archive::Descriptor& file, const archive::Path& path, off_t size) {
  if (size == 0) return ok();
  std::array<char, 2> end{'\n', '\n'};
  const auto count = static_cast<std::size_t>(std::min<off_t>(size, 2));
  if (::pread(file.number(), end.data() + 2 - count, count, size - static_cast<off_t>(count)) < 0)
    return archive::system_error("pread", path);
  if (end[1] != '\n') return archive::write_all(file, "\n\n", path);
  return end[0] == '\n' ? ok() : archive::write_all(file, "\n", path);
}

/// Cuts what an append that a crash broke off has left.
Status cut_half(const HandOnCall& call, const archive::Descriptor& file, off_t& size) {
  if (call.database == nullptr) return ok();
  RESTANTE_TRY(const auto mark, read_mbox_mark(*call.database, call.target.target));
  if (!mark || !is_half_written(file.number(), *mark, size)) return ok();
  const archive::Path path(call.target.target);
  if (::ftruncate(file.number(), mark->before) != 0) return archive::system_error("cut", path);
  size = mark->before;
  return archive::sync_data(file, path);
}

/// Notes the length of the complete file, so that a later run knows a half.
Status write_down(const HandOnCall& call, off_t begin) {
  if (call.database == nullptr) return ok();
  off_t end = begin;
  RESTANTE_CHECKED(render(call.message, [&](std::string_view octets) {
    end += static_cast<off_t>(octets.size());
    return ok();
  }));
  return write_mbox_mark(*call.database, call.target.target, MboxMark{begin, end});
}

Status deliver(const HandOnCall& call) {
  const archive::Path path(call.target.target);
  RESTANTE_TRY(const archive::Descriptor file,
               archive::open_file(path, O_RDWR | O_CREAT | O_APPEND));
  // Not waited for: a mail reader may keep its lock for hours, and other targets go on.
  RESTANTE_CHECKED(lock(file, path));
  struct stat before {};
  if (::fstat(file.number(), &before) != 0) return archive::system_error("fstat", path);
  RESTANTE_CHECKED(cut_half(call, file, before.st_size));
  RESTANTE_CHECKED(end_last_line(file, path, before.st_size));
  struct stat ended {};
  if (::fstat(file.number(), &ended) != 0) return archive::system_error("fstat", path);
  // Before the append: a mark that came after it would be missing in just the crash that it is for.
  RESTANTE_CHECKED(write_down(call, ended.st_size));
  Status status = append(file, path, call.message);
  // Half a message is worse than none.
  const bool no_half = status || ::ftruncate(file.number(), before.st_size) == 0;
  if (!no_half) status.error().detail += " (cut)";
  // What others append from now on must not be taken for a half of ours. That this fails is no
  // failure of the message: it would be delivered twice.
  if (no_half && call.database != nullptr)
    static_cast<void>(write_mbox_mark(*call.database, call.target.target, MboxMark{0, 0}));
  return status;
}

}  // namespace

HandOnVerdict hand_on_to_mbox(const HandOnCall& call) {
  const Status status = deliver(call);
  return status ? taken() : verdict_of(status.error());
}

}  // namespace restante::fetch
