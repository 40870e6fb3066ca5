#include "archive/header_value.h"

#include "archive/mime_headers.h"

namespace restante::archive {
namespace {

constexpr std::size_t kRawMax = 64U << 10;

void begin() {
  static const bool ready = (g_mime_init(), true);
  static_cast<void>(ready);
}

}  // namespace

std::string decoded_value(std::string_view raw) {
  begin();
  return decoded(nullptr, std::string(raw.substr(0, kRawMax)).c_str());
}

std::optional<std::int64_t> date_value(std::string_view raw) {
  begin();
  const std::size_t semicolon = raw.rfind(';');
  if (semicolon != std::string_view::npos) raw.remove_prefix(semicolon + 1);
  GDateTime* const date = g_mime_utils_header_decode_date(std::string(raw.substr(0, 200)).c_str());
  if (date == nullptr) return std::nullopt;
  const std::int64_t seconds = g_date_time_to_unix(date);
  g_date_time_unref(date);
  return seconds;
}

}  // namespace restante::archive
