// Files that stand in a text, uuencoded or in base64 (POSIX.1-2017, uuencode), as mail had them
// before MIME. Pure; linear.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mime/transfer_encoding.h"

namespace restante::mime {

struct InlineFile {
  std::string name;          ///< As written: not safe for a disk, of any charset.
  std::string_view encoded;  ///< Within the text; uuencode from "begin" to "end".
  Encoding encoding = Encoding::kUuencode;
};

struct SplitText {
  std::string text;  ///< Without the files.
  std::vector<InlineFile> files;
};

/// Whether it is worth to look: some line begins as a file does.
bool may_have_inline_files(std::string_view octets);
/// At most `files_max` are taken out. A file without "end" goes to the end of its lines.
SplitText split_inline_files(std::string_view octets, std::size_t files_max);

}  // namespace restante::mime
