// What can be asked of a reader of messages, and what comes back. Values only.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "archive/message/mime_message.h"
#include "text/html/html_clean.h"

namespace restante::archive {

/// What is wanted of a message. Its headers and the list of its parts come in any case.
struct Wanted {
  std::uint64_t file_bytes_max = 1ULL << 30;  ///< More of the file is not looked at.
  bool fields = false;                        ///< All header fields.
  bool sizes = false;                         ///< Of what is attached.
  bool index_lines = false;                   ///< What the index has besides (header_words.h).
  bool links = false;                         ///< In the text: where they lead to.
  std::uint64_t text_bytes_max = 0;           ///< 0: no text.
  std::uint64_t html_bytes_max = 0;
  std::uint64_t attached_bytes_max = 0;  ///< Of names and texts of what is attached.
};

/// A message as it was read. All text is well-formed UTF-8, and nothing else is sure of it.
struct Reading {
  bool is_whole = false;
  Headers headers;
  std::vector<std::pair<std::string, std::string>> fields;
  std::vector<MimePart> parts;
  std::vector<std::uint64_t>
      sizes;  ///< As many as parts, when wanted; 0 where nothing is attached.
  std::string text;
  text::CleanHtml html;
  std::string attached;
  std::string header_lines;  ///< Of the index, as are those of names.
  std::string name_lines;
};

enum class Ask : std::uint8_t {
  kReading,
  kEntry,  ///< What the index takes (index_entry.h).
  kPart,   ///< One part's octets, in pieces.
  kField,  ///< A header field's value, decoded.
  kDate,
};

struct Request {
  Ask ask = Ask::kReading;
  Wanted wanted;
  std::uint32_t part = 0;
  std::string raw;  ///< Of a field.
  /// For documents, of processor (message_text.h). A message that took its reader down is read once
  /// more without them.
  std::chrono::milliseconds document_time{0};
};

}  // namespace restante::archive
