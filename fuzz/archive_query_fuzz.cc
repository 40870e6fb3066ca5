// Queries: every text is a tree or a mistake with a place in it; a tree can be written, and what
// goes to the index is balanced quotes.
#include <algorithm>
#include <chrono>
#include <cstdint>

#include "archive/search/match.h"
#include "archive/search/query.h"
#include "base/bytes.h"
#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace archive = restante::archive;
  const std::string_view text = restante::as_text(std::as_bytes(std::span(data, size)));
  const auto parsed =
      archive::parse_query(text, std::chrono::sys_seconds(std::chrono::seconds(1795323600)));
  if (!parsed.tree) {
    RESTANTE_CHECK(!parsed.mistake.what.empty());
    RESTANTE_CHECK(parsed.mistake.at <= std::max(text.size(), archive::kQueryBytesMax));
    RESTANTE_CHECK(!archive::show_mistake(text, parsed.mistake).empty());
    return 0;
  }
  RESTANTE_CHECK(!archive::to_string(*parsed.tree).empty());
  const std::string match = archive::match_of(*parsed.tree);
  RESTANTE_CHECK(std::count(match.begin(), match.end(), '"') % 2 == 0);
  RESTANTE_CHECK(match.find('\0') == std::string::npos);
  static_cast<void>(archive::mentions_removed(*parsed.tree));
  return 0;
}
