// One message as the index takes it: read from its file, ready for the tables. It knows no
// database.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive/mailbox/files.h"
#include "archive/message/mime_message.h"

namespace restante::archive {

struct IndexedAttachment {
  unsigned number = 0;  ///< MimePart::number.
  std::string name;
  std::string type;
  std::uint64_t size = 0;  ///< Decoded.
};

struct IndexEntry {
  Headers headers;
  std::string body;         ///< Its text without control characters, and header_lines().
  std::string attachments;  ///< Names and texts, the same, and file_name_lines().
  std::vector<IndexedAttachment> list;
  bool has_file = false;      ///< Something in it that a person would save (MimePart::is_file).
  std::int64_t sameness = 0;  ///< same_message.h; of who asked for the entry.
  bool is_whole = false;
  bool is_missing = false;  ///< There is no such file.
  bool lacks_pdf = false;   ///< Text of PDF files, for which the library is missing (pdf_text.h).
  std::string left_out;     ///< Not empty: no document is in it, and why. From Reader alone.
};

/// How much of each message is read and indexed.
inline constexpr std::uint64_t kIndexedFileBytesMax = 256ULL << 20;
inline constexpr std::size_t kIndexedTextBytesMax = 16U << 20;

/// Never fails: what cannot be read is not in it. `document_time` as in message_text.h. For a
/// reader process (reader/reader.h).
IndexEntry read_entry(Descriptor file, std::chrono::milliseconds document_time);

/// What is indexed of a header field that has a column: its beginning, without control characters.
std::string header_text(std::string_view field);

}  // namespace restante::archive
