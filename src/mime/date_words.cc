#include "mime/zone.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/ascii.h"

namespace restante::mime {
namespace {

using Zone = std::pair<std::string_view, int>;

// Of names that several zones have, the one that mail programs write.
constexpr std::array kZones = {
    Zone{"acdt", 630},  Zone{"acst", 570},  Zone{"adt", -180}, Zone{"aedt", 660}, Zone{"aest", 600},
    Zone{"akdt", -480}, Zone{"akst", -540}, Zone{"art", -180}, Zone{"ast", -240}, Zone{"awst", 480},
    Zone{"brst", -120}, Zone{"brt", -180},  Zone{"bst", 60},   Zone{"cdt", -300}, Zone{"cest", 120},
    Zone{"cet", 60},    Zone{"cst", -360},  Zone{"edt", -240}, Zone{"eest", 180}, Zone{"eet", 120},
    Zone{"est", -300},  Zone{"gmt", 0},     Zone{"hkt", 480},  Zone{"hst", -600}, Zone{"idt", 180},
    Zone{"ist", 330},   Zone{"jst", 540},   Zone{"kst", 540},  Zone{"mdt", -360}, Zone{"mest", 120},
    Zone{"mesz", 120},  Zone{"met", 60},    Zone{"mez", 60},   Zone{"msd", 240},  Zone{"msk", 180},
    Zone{"mst", -420},  Zone{"ndt", -150},  Zone{"nst", -210}, Zone{"nzdt", 780}, Zone{"nzst", 720},
    Zone{"pdt", -420},  Zone{"pkt", 300},   Zone{"pst", -480}, Zone{"sast", 120}, Zone{"sgt", 480},
    Zone{"ut", 0},      Zone{"utc", 0},     Zone{"west", 60},  Zone{"wet", 0},    Zone{"wib", 420},
};

}  // namespace

std::optional<int> zone_of_name(std::string_view name) {
  if (name.size() == 1 && is_alpha(name.front())) return 0;
  const std::string lower = to_lower(name);
  const auto* const found = std::find_if(kZones.begin(), kZones.end(),
                                         [&](const Zone& zone) { return zone.first == lower; });
  return found == kZones.end() ? std::nullopt : std::optional(found->second);
}

std::optional<int> zone_of_digits(std::string_view digits) {
  std::string plain;
  for (const char c : digits) {
    if (is_digit(c)) plain += c;
  }
  if (plain.empty() || plain.size() > 4) return std::nullopt;
  if (plain.size() <= 2) plain += "00";
  int number = 0;
  for (const char c : plain) number = 10 * number + (c - '0');
  const int minutes = number / 100 * 60 + number % 100;
  constexpr int kFarthest = 15 * 60;
  return number % 100 >= 60 || minutes > kFarthest ? std::nullopt : std::optional(minutes);
}

}  // namespace restante::mime
