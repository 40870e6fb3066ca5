// The part of an index about views (docs/format.md, section 5): the records that made them, and
// what each does not see.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "maildrop/log/file/log_index_file.h"

namespace restante::maildrop::log {

/// Of the content's views and marks.
std::string encode_index_views(const IndexContent& content);
/// Errors: kCorrupt.
Status decode_index_views(ByteView bytes, IndexContent& content);

}  // namespace restante::maildrop::log
