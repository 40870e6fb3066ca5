#include "archive/message/header_value.h"

#include "mime/date.h"
#include "mime/decoded_words.h"

namespace restante::archive {

std::string decoded_value(std::string_view raw) { return mime::decode_text(raw); }

std::optional<std::int64_t> date_value(std::string_view raw) {
  return raw.find(';') == std::string_view::npos ? mime::parse_date(raw) : mime::received_date(raw);
}

}  // namespace restante::archive
