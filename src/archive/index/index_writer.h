// Puts what was read of a message into the tables: its row, its words, its attachments, its thread.
// It reads no message and begins no transaction; all of one message goes into the caller's.
#pragma once

#include <cstdint>
#include <string>

#include "archive/database/database.h"
#include "archive/index/same_message.h"
#include "archive/index/threads.h"
#include "archive/mailbox/files.h"
#include "archive/message/index_entry.h"
#include "base/result.h"

namespace restante::archive {

/// A message that is not indexed yet.
struct Pending {
  std::int64_t id = 0;
  std::string account;
  std::string name;
  std::string sha256;
  std::int64_t size = 0;
  std::int64_t arrived = 0;
  std::int64_t attempts = 0;
};

class IndexWriter {
 public:
  /// Errors of all: kBusy, kFull, kIo.
  static Result<IndexWriter> open(Database& database);

  /// All that is known of it; `file` is its own.
  Status write(const Pending& one, const IndexEntry& entry, const Path& file);
  /// It cannot be read: never again. Of `headers` a list shows From and Subject.
  Status give_up(const Pending& one, const Headers& headers);
  /// Its reading stood still: the next look tries it again.
  Status put_off(const Pending& one);

 private:
  IndexWriter(Threads threads, SameMessages same)
      : threads_(std::move(threads)), same_(std::move(same)) {}
  Status write_row(const Pending& one, const IndexEntry& entry);
  Status write_size(const Pending& one, const Path& file);
  Status write_words(std::int64_t id, const IndexEntry& entry);
  Status write_attachments(std::int64_t id, const IndexEntry& entry);

  Threads threads_;
  SameMessages same_;
  Statement row_;
  Statement size_;
  Statement words_;
  Statement attachment_;
  Statement give_up_;
  Statement put_off_;
};

}  // namespace restante::archive
