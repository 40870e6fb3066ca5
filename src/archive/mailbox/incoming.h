// One message on its way into a Maildir: a file in tmp/, written in pieces, with its checksum.
// Memory does not depend on its size. Destroyed before Mailbox::keep(), it leaves nothing behind; a
// process that dies leaves a file in tmp/, which is never read and which the next one removes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "archive/mailbox/essence.h"
#include "archive/mailbox/files.h"
#include "archive/mailbox/line_form.h"
#include "archive/mailbox/sha256.h"

namespace restante::archive {

struct Received {
  std::string sha256;            ///< Of the octets as received, hexadecimal.
  std::uint64_t octets = 0;      ///< As received.
  std::uint64_t file_bytes = 0;  ///< On the disk, where lines end in LF when that can be undone.
  Essence essence;
};

/// Used by one thread.
class Incoming {
 public:
  /// `tmp` is the Maildir's tmp/. Errors: kFull, kIo, kAuth.
  static Result<std::unique_ptr<Incoming>> begin(const Path& tmp);
  ~Incoming();
  Incoming(const Incoming&) = delete;
  Incoming& operator=(const Incoming&) = delete;

  /// The next octets as received: un-stuffed, CRLF. Errors: kFull, kIo; then let go of it.
  Status write(std::string_view octets);
  /// After the last octet. Not durable yet: that is Mailbox::keep(). Errors: kFull, kIo.
  Result<Received> finish();
  /// When it arrived, unix seconds, where that was not now: it gives the file its name.
  void set_arrived(std::int64_t seconds) { arrived_ = seconds; }
  /// Makes a finished message's content durable, once; keep() does it where it was not done.
  /// Several messages may be synced at the same time, each by one thread. Errors: kFull, kIo.
  Status sync();

 private:
  friend class Mailbox;
  Incoming(Path path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}

  Status flush();
  /// A bare LF came: from here on the file is as received, and what is there is made so.
  Status give_up_disk_form(std::string_view piece);
  Status copy_as_received(const Descriptor& from, const Path& path);
  /// Makes it durable and gives it its name; the folder is the caller's to sync.
  Status publish(const Path& to);

  Path path_;  // Empty: it has its name, or is gone.
  Descriptor file_;
  bool as_received_ = false;  // The file's form; false: lines end in LF.
  ToDiskForm form_;
  Sha256 sum_;
  EssenceReader essence_;
  std::string pending_;
  Received received_;
  std::optional<std::int64_t> arrived_;
  bool finished_ = false;
  bool synced_ = false;
};

/// Removes what processes that died left in tmp/. Files in use are told by their lock.
void remove_abandoned(const Path& tmp);

}  // namespace restante::archive
