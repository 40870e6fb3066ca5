// The parts of a message's structure as a reader sees them: what is text, what is an attachment,
// what a person would save. Pure.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "archive/message/mime_message.h"
#include "mime/structure.h"

namespace restante::archive {

/// Where a part's octets are.
struct PartContent {
  std::string_view raw;
  mime::Encoding encoding = mime::Encoding::kIdentity;
  mime::Footer footer = mime::Footer::kLeftOut;
  std::size_t node = mime::Node::kNone;  ///< Of a message: its own.
};

struct PartList {
  std::vector<MimePart> parts;
  std::vector<PartContent> contents;  ///< Of each.
  std::vector<AlternativeGroup> alternatives;
  std::deque<std::string> texts;  ///< What some contents look into, beside the structure.
};

/// The result looks into the structure and what that looks into.
PartList list_parts(const mime::Structure& structure);

/// The charset to read raw octets of a message's header in: its body's, or that of its first text.
/// `node` is the message's. May be empty.
std::string_view charset_around(const mime::Structure& structure, std::size_t node);

}  // namespace restante::archive
