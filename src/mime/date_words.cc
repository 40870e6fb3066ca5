#include "mime/date_words.h"

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

/// The names of other languages that are none in English; "jui" is none of them.
int foreign_month_of(std::string_view lower) {
  using Month = std::pair<std::string_view, int>;
  constexpr std::array kNames = {
      Month{"januari", 1},    Month{"januar", 1},     Month{"jänner", 1},    Month{"janvier", 1},
      Month{"enero", 1},      Month{"gennaio", 1},    Month{"janeiro", 1},   Month{"februari", 2},
      Month{"februar", 2},    Month{"février", 2},    Month{"fevrier", 2},   Month{"febrero", 2},
      Month{"febbraio", 2},   Month{"fevereiro", 2},  Month{"märz", 3},      Month{"maerz", 3},
      Month{"mrz", 3},        Month{"mars", 3},       Month{"marzo", 3},     Month{"março", 3},
      Month{"maart", 3},      Month{"mrt", 3},        Month{"avril", 4},     Month{"abril", 4},
      Month{"aprile", 4},     Month{"mai", 5},        Month{"mayo", 5},      Month{"maggio", 5},
      Month{"maio", 5},       Month{"mei", 5},        Month{"juni", 6},      Month{"juin", 6},
      Month{"junio", 6},      Month{"giugno", 6},     Month{"junho", 6},     Month{"juli", 7},
      Month{"juillet", 7},    Month{"julio", 7},      Month{"luglio", 7},    Month{"julho", 7},
      Month{"août", 8},       Month{"aout", 8},       Month{"agosto", 8},    Month{"augustus", 8},
      Month{"septembre", 9},  Month{"septiembre", 9}, Month{"setiembre", 9}, Month{"settembre", 9},
      Month{"setembro", 9},   Month{"oktober", 10},   Month{"octobre", 10},  Month{"octubre", 10},
      Month{"ottobre", 10},   Month{"outubro", 10},   Month{"novembre", 11}, Month{"noviembre", 11},
      Month{"novembro", 11},  Month{"dezember", 12},  Month{"décembre", 12}, Month{"decembre", 12},
      Month{"diciembre", 12}, Month{"dicembre", 12},  Month{"dezembro", 12},
  };
  if (lower.size() < 3 || lower == "jui") return 0;
  const auto* const found = std::find_if(kNames.begin(), kNames.end(), [&](const Month& month) {
    return month.first.starts_with(lower);
  });
  return found == kNames.end() ? 0 : found->second;
}

}  // namespace

int month_of(std::string_view word) {
  constexpr std::array<std::string_view, 12> kMonths = {
      "january", "february", "march",     "april",   "may",      "june",
      "july",    "august",   "september", "october", "november", "december"};
  const std::string lower = to_lower(word);
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (lower.size() >= 3 && (kMonths[i].starts_with(lower) || lower == "sept")) {
      if (lower != "sept" || kMonths[i] == "september") return static_cast<int>(i) + 1;
    }
  }
  return foreign_month_of(lower);
}

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
