#include "migrate/sources/stored_mail.h"

#include <array>
#include <utility>

namespace restante::migrate {
namespace {

using namespace std::string_view_literals;

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kMarks = {{
    {"\x1F\x8B\x08"sv, "compressed (gzip)"},
    {"\x28\xB5\x2F\xFD"sv, "compressed (zstd)"},
    {"BZh91AY&SY"sv, "compressed (bzip2)"},
    {"\xFD"
     "7zXZ\0"sv,
     "compressed (xz)"},
    {"CRYPTED\x03\x07"sv, "encrypted (mail-crypt)"},
}};

}  // namespace

void to_wire(std::string_view raw, std::string& wire, mail::BareLf bare_lf) {
  wire.clear();
  wire.reserve(raw.size() + raw.size() / 32 + 2);
  mail::DotStuffer stuffer(bare_lf);
  stuffer.write(raw, wire);
  stuffer.finish(wire);
}

Status check_is_mail(std::string_view raw) {
  for (const auto& [mark, what] : kMarks)
    if (raw.starts_with(mark))
      return Error(Errc::kSyntax,
                   std::string(what) + ": take it from the old server by POP3, which unpacks it");
  return ok();
}

}  // namespace restante::migrate
