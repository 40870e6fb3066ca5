// Header fields as GMime has them, made well-formed UTF-8 of one line and of bounded length. For
// mime_message.cc alone.
#pragma once

#include <gmime/gmime.h>

#include <memory>
#include <string>

#include "archive/mime_message.h"

namespace restante::archive {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <typename T>
using Owned = std::unique_ptr<T, Unref>;

struct Free {
  void operator()(char* text) const { g_free(text); }
};
using OwnedText = std::unique_ptr<char, Free>;

/// The text, mended; empty for a null pointer.
std::string text_or_empty(const char* text);

/// A field's value as one line, decoded (RFC 2047), whatever the field is; empty for a null
/// pointer.
std::string decoded(GMimeParserOptions* options, const char* raw);

/// The first field of that name, decoded; empty when there is none.
std::string header(GMimeParserOptions* options, GMimeMessage* message, const char* name);

/// Those that lists and the index need.
Headers read_headers(GMimeParserOptions* options, GMimeMessage* message);

}  // namespace restante::archive
