#include "documents/document_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/ascii.h"
#include "documents/json_text.h"
#include "documents/office_text.h"
#include "documents/pdf_text.h"
#include "documents/rtf_text.h"
#include "text/charsets/charset.h"

namespace restante::text {
namespace {

enum class Kind : std::uint8_t { kNone, kOffice, kPdf, kRtf, kJson, kText };

constexpr std::pair<std::string_view, Kind> kTypes[] = {
    {"application/vnd.openxmlformats-officedocument.", Kind::kOffice},
    {"application/vnd.ms-word.", Kind::kOffice},
    {"application/vnd.ms-excel.", Kind::kOffice},
    {"application/vnd.ms-powerpoint.", Kind::kOffice},
    {"application/vnd.oasis.opendocument.", Kind::kOffice},
    {"application/pdf", Kind::kPdf},
    {"application/x-pdf", Kind::kPdf},
    {"application/rtf", Kind::kRtf},
    {"application/x-rtf", Kind::kRtf},
    {"text/rtf", Kind::kRtf},
    {"text/richtext", Kind::kRtf},
    {"application/json", Kind::kJson},
    {"application/ld+json", Kind::kJson},
    {"application/xml", Kind::kText},
    {"application/csv", Kind::kText},
    {"application/x-csv", Kind::kText},
    {"application/yaml", Kind::kText},
    {"application/x-yaml", Kind::kText},
    {"application/javascript", Kind::kText},
};
constexpr std::pair<std::string_view, Kind> kEndings[] = {
    {"docx", Kind::kOffice}, {"docm", Kind::kOffice}, {"dotx", Kind::kOffice},
    {"xlsx", Kind::kOffice}, {"xlsm", Kind::kOffice}, {"pptx", Kind::kOffice},
    {"pptm", Kind::kOffice}, {"ppsx", Kind::kOffice}, {"odt", Kind::kOffice},
    {"ott", Kind::kOffice},  {"ods", Kind::kOffice},  {"odp", Kind::kOffice},
    {"odg", Kind::kOffice},  {"pdf", Kind::kPdf},     {"rtf", Kind::kRtf},
    {"json", Kind::kJson},   {"csv", Kind::kText},    {"tsv", Kind::kText},
    {"txt", Kind::kText},    {"text", Kind::kText},   {"md", Kind::kText},
    {"log", Kind::kText},    {"xml", Kind::kText},    {"yaml", Kind::kText},
    {"yml", Kind::kText},    {"ini", Kind::kText},    {"conf", Kind::kText},
    {"toml", Kind::kText},   {"tex", Kind::kText},    {"patch", Kind::kText},
    {"diff", Kind::kText},   {"sql", Kind::kText},    {"vcf", Kind::kText},
    {"ics", Kind::kText},
};

Kind kind_of(std::string_view type, std::string_view name) {
  const std::string small = to_lower(type);
  for (const auto& [beginning, kind] : kTypes)
    if (small.starts_with(beginning)) return kind;
  // Senders that know no type say "octet-stream", "zip", "msword" or what comes to their minds.
  if (!small.starts_with("application/")) return Kind::kNone;
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return Kind::kNone;
  const std::string ending = to_lower(name.substr(dot + 1));
  for (const auto& [one, kind] : kEndings)
    if (ending == one) return kind;
  return Kind::kNone;
}

/// A file that is said to be text, and has many zeros, is none.
bool looks_like_text(std::string_view octets) {
  constexpr std::size_t kLooked = 4096;
  const std::string_view start = octets.substr(0, kLooked);
  return std::count(start.begin(), start.end(), '\0') == 0 || octets.starts_with("\xff\xfe") ||
         octets.starts_with("\xfe\xff");
}

std::string plain_text(std::string_view octets, std::size_t bytes_max) {
  if (!looks_like_text(octets)) return {};
  const char* const charset = octets.starts_with("\xff\xfe")   ? "utf-16le"
                              : octets.starts_with("\xfe\xff") ? "utf-16be"
                                                               : "";
  return std::string(cut_utf8(to_utf8(octets.substr(0, bytes_max), charset), bytes_max));
}

}  // namespace

bool is_document(std::string_view type, std::string_view name) {
  return kind_of(type, name) != Kind::kNone;
}

std::string document_text(std::string_view octets, std::string_view type, std::string_view name,
                          std::size_t bytes_max, const GoOn& go_on) {
  switch (kind_of(type, name)) {
    case Kind::kNone: return {};
    case Kind::kOffice: return office_text(octets, bytes_max);
    case Kind::kPdf: return pdf_text(octets, bytes_max, go_on);
    case Kind::kRtf: return rtf_text(octets, bytes_max);
    case Kind::kJson: return json_text(plain_text(octets, bytes_max));
    case Kind::kText: return plain_text(octets, bytes_max);
  }
  return {};
}

}  // namespace restante::text
