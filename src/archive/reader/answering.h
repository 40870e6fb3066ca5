// What a reader does with a request: reads the message and gives the answer to a sink. It is called
// in a reader process, or, where none were started (unit tests, fuzzing), by reader.cc itself.
#pragma once

#include "archive/mailbox/files.h"
#include "archive/mailbox/stored_message.h"
#include "archive/reader/request.h"
#include "base/result.h"

namespace restante::archive {

/// Reads as asked; the answer is what wire.h packs of it, and for kPart the sink has had all octets
/// in pieces and the answer is empty. `file` is not open for kField and kDate. Errors: kNotFound
/// (no such part), kIo, and the sink's.
using Answerer = Result<std::string>(const Request& request, Descriptor file,
                                     const OctetSink& pieces);
Answerer answer;

}  // namespace restante::archive
