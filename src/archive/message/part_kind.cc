#include "archive/message/part_kind.h"

#include <algorithm>
#include <array>
#include <utility>

namespace restante::archive {
namespace {

// Cards and style sheets are made for programs, and AMP is a page that runs.
constexpr std::array<std::string_view, 7> kNotForPeople = {
    "text/x-amp-html", "text/css",       "text/javascript", "text/vcard",
    "text/x-vcard",    "text/directory", "text/rtf"};

constexpr std::array<std::string_view, 8> kProse = {
    "text/plain",    "text/html",     "text/markdown", "text/x-markdown",
    "text/enriched", "text/richtext", "text/x-patch",  "text/x-diff"};

constexpr std::array<std::string_view, 19> kMachinery = {"application/pgp-signature",
                                                         "application/pgp-encrypted",
                                                         "application/pgp-keys",
                                                         "application/pkcs7-signature",
                                                         "application/x-pkcs7-signature",
                                                         "application/pkcs7-mime",
                                                         "application/x-pkcs7-mime",
                                                         "application/ics",
                                                         "application/applefile",
                                                         "text/calendar",
                                                         "text/x-amp-html",
                                                         "text/css",
                                                         "text/rfc822-headers",
                                                         "message/delivery-status",
                                                         "message/disposition-notification",
                                                         "message/global-delivery-status",
                                                         "message/feedback-report",
                                                         "message/partial",
                                                         "message/external-body"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kNames = {{
    {"application/pgp-signature", "signature.asc"},
    {"application/pgp-encrypted", "version.asc"},
    {"application/pgp-keys", "key.asc"},
    {"application/pkcs7-signature", "smime.p7s"},
    {"application/x-pkcs7-signature", "smime.p7s"},
    {"application/pkcs7-mime", "smime.p7m"},
    {"application/x-pkcs7-mime", "smime.p7m"},
    {"application/ics", "invitation.ics"},
    {"text/calendar", "invitation.ics"},
    {"application/ms-tnef", "winmail.dat"},
}};

bool is_among(std::string_view type, const auto& types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

}  // namespace

bool is_readable_type(std::string_view type) {
  if (is_among(type, kNotForPeople)) return false;
  return type.starts_with("text/") || type.starts_with("message/");
}

bool is_prose_type(std::string_view type) {
  return type.starts_with("message/") || type == "text/calendar" || is_among(type, kProse);
}

bool is_machinery_type(std::string_view type) { return is_among(type, kMachinery); }

bool is_rtf_type(std::string_view type) {
  return type == "text/rtf" || type == "application/rtf" || type == "application/x-rtf";
}

bool is_outlook_type(std::string_view type) {
  return type == "application/ms-tnef" || type == "application/vnd.ms-tnef";
}

std::string_view usual_name(std::string_view type) {
  for (const auto& [known, name] : kNames)
    if (known == type) return name;
  return {};
}

}  // namespace restante::archive
