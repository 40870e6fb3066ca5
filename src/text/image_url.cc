#include "text/image_url.h"

#include <cstdint>

namespace restante::text {
namespace {

std::string_view type_of(std::string_view octets) {
  if (octets.starts_with("\x89PNG\r\n\x1a\n")) return "png";
  if (octets.starts_with("\xFF\xD8\xFF")) return "jpeg";
  if (octets.starts_with("GIF87a") || octets.starts_with("GIF89a")) return "gif";
  if (octets.starts_with("RIFF") && octets.substr(0, 12).ends_with("WEBP")) return "webp";
  return {};
}

void append_base64(std::string_view octets, std::string& out) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    const std::string_view group = octets.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8U | (k < group.size() ? static_cast<unsigned char>(group[k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      out += k <= group.size() ? kLetters[bits >> (18 - 6 * k) & 0x3FU] : '=';
  }
}

}  // namespace

std::string image_url(std::string_view octets) {
  const std::string_view type = type_of(octets);
  if (type.empty() || octets.size() > kImageBytesMax) return {};
  std::string url = "data:image/";
  url.append(type);
  url += ";base64,";
  url.reserve(url.size() + (octets.size() + 2) / 3 * 4);
  append_base64(octets, url);
  return url;
}

}  // namespace restante::text
