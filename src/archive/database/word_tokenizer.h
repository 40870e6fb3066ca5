// The words of text/words.h for SQLite's full-text index (FTS5), as its tokenizer "restante": texts
// and queries go to it as they are, and snippets are of the text as it was written.
#pragma once

#include <sqlite3.h>

#include "base/result.h"

namespace restante::archive {

/// Gives a connection the tokenizer: every use of the index needs it. Errors: kIo.
Status add_word_tokenizer(sqlite3* connection);

}  // namespace restante::archive
