// The text in documents that are attached to mail: Word, Excel, PowerPoint and OpenDocument files,
// PDF (pdf_text.h), RTF, JSON, and text that is called something else. For the index: words in
// their order, without layout. Hostile input costs no more than its size and the limits, of PDF
// files no more than what bounds the process; nothing is ever unpacked to a disk, and no file is
// opened.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "documents/pdf_text.h"

namespace restante::text {

/// Whether document_text() may find text in it: by its type ("application/pdf"), or, where that
/// says nothing, by the end of its name.
bool is_document(std::string_view type, std::string_view name);

/// The part of a document that is read.
inline constexpr std::size_t kDocumentBytesMax = std::size_t{64} << 20;

/// Well-formed UTF-8, about `bytes_max` bytes at most; empty: there is none, it is encrypted,
/// damaged or no document. `go_on` is asked by what may take long.
std::string document_text(std::string_view octets, std::string_view type, std::string_view name,
                          std::size_t bytes_max, const GoOn& go_on = {});

}  // namespace restante::text
