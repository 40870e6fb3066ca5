#include "mime/media_type.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/ascii.h"

namespace restante::mime {
namespace {

constexpr std::size_t kLookedAt = 4096;

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '+' || c == '_';
  });
}

bool is_top_level(std::string_view top) {
  constexpr std::array<std::string_view, 10> kTops = {
      "text",        "image",   "audio",     "video", "model",
      "application", "message", "multipart", "font",  "chemical"};
  return std::find(kTops.begin(), kTops.end(), top) != kTops.end() || top.starts_with("x-");
}

/// The type that a value means; empty: none can be seen.
std::string meant(std::string_view value) {
  value = value.substr(0, value.find_first_of(" \t,;"));
  const std::size_t slash = value.find('/');
  const std::string_view top = value.substr(0, slash);
  const std::string_view sub =
      slash == std::string_view::npos ? std::string_view() : value.substr(slash + 1);
  if (value == "application/text") return "text/plain";
  if (is_top_level(top) && is_token(sub)) return std::string(value);
  if (value == "html" || value == "html/text") return "text/html";
  if (value == "multipart" || top == "multipart") return "multipart/mixed";
  if (top == "text" || value == "plain" || value == "plain/text") return "text/plain";
  if (value == "rfc822") return "message/rfc822";
  return {};
}

}  // namespace

bool MediaType::is_message() const {
  return type == "message/rfc822" || type == "message/global" || type == "message/news" ||
         type == "message/rfc2822";
}

namespace {

/// What the fields say: the first that has a boundary, otherwise the first.
Parameters content_type_of(const HeaderBlock& header) {
  std::optional<Parameters> first;
  for (const Field& field : header.fields) {
    if (!equals_ignore_case(field.name, "Content-Type")) continue;
    Parameters parameters = parse_parameters(field.raw);
    if (!parameters.find("boundary").empty()) return parameters;
    if (!first) first = std::move(parameters);
  }
  return first.value_or(Parameters());
}

}  // namespace

MediaType media_type_of(const HeaderBlock& header, std::string_view standard) {
  MediaType media;
  media.encoding = encoding_of(header.raw("Content-Transfer-Encoding"));
  media.type = standard;
  if (header.find("Content-Type") == nullptr) return media;
  media.parameters = content_type_of(header);
  std::string type = meant(media.parameters.value);
  if (type.empty() && !media.parameters.find("boundary").empty()) type = "multipart/mixed";
  if (type.empty()) {
    media.is_known = trim(media.parameters.value).empty();
    type = media.is_known ? standard : "text/plain";
  }
  media.type = std::move(type);
  return media;
}

bool looks_like_text(std::string_view octets) {
  octets = octets.substr(0, kLookedAt);
  if (octets.find('\0') != std::string_view::npos) return false;
  const auto controls = std::count_if(octets.begin(), octets.end(), [](char c) {
    return is_control(c) && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\x1b';
  });
  return static_cast<std::size_t>(controls) * 50 <= octets.size();
}

}  // namespace restante::mime
