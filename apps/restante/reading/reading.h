// A message as a person reads it: a few headers, its text, its attachments; or the same as HTML.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "archive/reader/reader.h"
#include "archive/search/search.h"

namespace restante::cli {

/// What text_of(), heading_of() and json_of() need of a message, and html_of().
archive::Wanted wanted_as_text();
archive::Wanted wanted_as_html();

/// Lines "From: …" of what matters, the date in our time zone; with `all`, every header field as it
/// stands.
std::vector<std::string> heading_of(const archive::Reading& message, bool all);
/// Text for a terminal or a printer: headers, text, a list of attachments. Nothing in it controls
/// the terminal. Lines longer than `columns` are broken between words; 0: they are left.
std::string text_of(const archive::Reading& message, bool all_headers, std::size_t columns);
/// A whole HTML document, cleaned (text/html/html_clean.h).
std::string html_of(const archive::Reading& message);
boost::json::object json_of(const archive::Reading& message);

/// Most of a message that is shown.
inline constexpr std::size_t kShownBytesMax = 4U << 20;
inline constexpr std::uint64_t kReadBytesMax = 1ULL << 30;

}  // namespace restante::cli
