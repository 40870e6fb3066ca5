// One message as the index takes it: read from its file, ready for the tables. It knows no
// database.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "archive/files.h"
#include "archive/mime_message.h"

namespace restante::archive {

struct IndexedAttachment {
  unsigned number = 0;  ///< MimePart::number.
  std::string name;
  std::string type;
  std::uint64_t size = 0;  ///< Decoded.
};

struct IndexEntry {
  Headers headers;
  std::string body;         ///< As text::append_words() makes it.
  std::string attachments;  ///< Names and texts, the same way.
  std::vector<IndexedAttachment> list;
  bool is_whole = false;
  bool is_missing = false;  ///< There is no such file.
};

/// How much of each message is read and indexed.
inline constexpr std::uint64_t kIndexedFileBytesMax = 256ULL << 20;
inline constexpr std::size_t kIndexedTextBytesMax = 1U << 20;

/// Never fails: what cannot be read is not in it. For a reader process (reader/reader.h).
IndexEntry read_entry(Descriptor file);

/// A header field the same way.
std::string header_words(std::string_view field);

}  // namespace restante::archive
