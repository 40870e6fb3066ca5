// The one way in which mail is read: by a process of its own (zygote.h), which a message may crash,
// keep busy or fill. That costs this message its answer, and no other; no caller waits longer than
// its patience. The answer is judged as if the message's sender had written it: it is well-formed,
// bounded UTF-8, and nothing more is sure of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "archive/mailbox/files.h"
#include "archive/mailbox/stored_message.h"
#include "archive/message/index_entry.h"
#include "archive/reader/line.h"
#include "archive/reader/request.h"
#include "base/result.h"

namespace restante::archive {

/// For an index that is made anew: what costs more than a second is read, too.
inline constexpr Patience kThorough{std::chrono::seconds(8), std::chrono::seconds(24)};

enum class Try : std::uint8_t { kFirst, kLast };

/// Cheap to make; the processes are shared. For one thread; several have one each.
class Reader {
 public:
  explicit Reader(const Patience& patience = {});

  /// Errors of all: kLimit (this message cannot be read: the detail says what it did and its file),
  /// kTimeout (its reading stood still: try again), kNotFound, kIo, kAuth (its file), kClosed
  /// (no process can be had; no fault of the message).
  Result<Reading> read(const Path& file, const Wanted& wanted);
  /// The entry for the index. Of a file that is gone: IndexEntry::is_missing. Of a file whose
  /// reading stands still: kTimeout, but with Try::kLast it is read without its documents, if it
  /// can be.
  Result<IndexEntry> entry(const Path& file, Try which = Try::kFirst);
  /// A part's octets, decoded; of a message in it, its octets as they are. Also kNotFound (no such
  /// part), and the sink's.
  Status send_part(const Path& file, unsigned number, const OctetSink& sink);

  /// A header field's value as people read it (RFC 2047): one line. One that cannot be read is
  /// given as it stands.
  std::string field(std::string_view raw);
  /// Unix seconds (header_value.h); nothing when it cannot be read.
  std::optional<std::int64_t> date(std::string_view raw);

 private:
  Patience patience_;
};

}  // namespace restante::archive
