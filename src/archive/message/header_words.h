// What the index knows of a message beyond its columns: words of header fields, and of the names of
// attachments, each with the field's name before it (text::in_field). They cost no column.
#pragma once

#include <string>
#include <string_view>

#include "archive/message/mime_message.h"

namespace restante::archive {

/// The name under which file names are found.
inline constexpr std::string_view kFileNameField = "filename";

/// Whether the index has this field's words, under its name in small letters. It has not those of
/// From, To, Cc and Subject, which have columns, nor of what only machines read: ids, stations on
/// the way, signatures, reports, types.
bool is_indexed_field(std::string_view name);

/// A line for each field that is indexed; at most a few kilobytes.
std::string header_lines(const MimeMessage& message);

/// A line for each attachment's name.
std::string file_name_lines(const MimeMessage& message);

}  // namespace restante::archive
