#include "archive/database/word_tokenizer.h"

#include <memory>
#include <string_view>

#include "archive/database/fts5_api.h"
#include "text/words.h"

namespace restante::archive {
namespace {

using TakeWord = int (*)(void*, int, const char*, int, int, int);

int make(void* /*context*/, const char** /*words*/, int /*count*/, Fts5Tokenizer** made) {
  auto cutter = std::make_unique<text::WordCutter>();
  *made = reinterpret_cast<Fts5Tokenizer*>(cutter.release());
  return SQLITE_OK;
}

void unmake(Fts5Tokenizer* tokenizer) {
  const std::unique_ptr<text::WordCutter> gone(reinterpret_cast<text::WordCutter*>(tokenizer));
}

int cut(Fts5Tokenizer* tokenizer, void* context, int /*flags*/, const char* text, int bytes,
        TakeWord take) {
  // FTS5 passes a column that is null.
  if (text == nullptr || bytes <= 0) return SQLITE_OK;
  int code = SQLITE_OK;
  reinterpret_cast<text::WordCutter*>(tokenizer)->cut(
      std::string_view(text, static_cast<std::size_t>(bytes)), [&](const text::Word& word) {
        code = take(context, 0, word.folded.data(), static_cast<int>(word.folded.size()),
                    static_cast<int>(word.from), static_cast<int>(word.to));
        return code == SQLITE_OK;
      });
  return code;
}

}  // namespace

Status add_word_tokenizer(sqlite3* connection) {
  fts5_tokenizer tokenizer{make, unmake, cut};
  fts5_api* const api = fts5_api_of(connection);
  if (api != nullptr &&
      api->xCreateTokenizer(api, "restante", nullptr, &tokenizer, nullptr) == SQLITE_OK)
    return ok();
  return Error(Errc::kIo, "SQLite has no full-text search (FTS5)");
}

}  // namespace restante::archive
