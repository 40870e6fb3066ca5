#include "text/charsets/converter.h"

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/udata.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "text/charsets/iso2022.h"
#include "text/charsets/single_byte.h"
#include "text/charsets/utf8.h"

namespace restante::text {
namespace {

constexpr char32_t kNothing = 0xFFFD;

// Where several of ICU's converters have the same alias, this is the one that mail means.
constexpr std::array<std::pair<std::string_view, const char*>, 5> kIcuNames = {{
    {"big5-hkscs", "ibm-1375_P100-2008"},
    {"euc-jp", "euc-jp-2007"},
    {"shift_jis", "ibm-943_P15A-2003"},
    {"windows-874", "windows-874-2000"},
    {"windows-949", "windows-949-2000"},
}};

// Where ISO 8859 has controls that no text uses, these have the quotes and dashes that senders
// meant. All others are taken for windows-1252.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kWindowsOf = {{
    {"iso-8859-2", "windows-1250"},
    {"iso-8859-4", "windows-1257"},
    {"iso-8859-5", "windows-1251"},
    {"iso-8859-6", "windows-1256"},
    {"iso-8859-7", "windows-1253"},
    {"iso-8859-8", "windows-1255"},
    {"iso-8859-13", "windows-1257"},
}};

struct Close {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using Opened = std::unique_ptr<UConverter, Close>;

using Table = std::array<char16_t, 256>;

struct Charset {
  Opened converter;
  std::unique_ptr<const Table> table;  // Of a single-byte set, instead.
};

/// ICU's callback for octets that mean nothing: `context` counts them.
void count_error(const void* context, UConverterToUnicodeArgs* arguments, const char* octets,
                 std::int32_t length, UConverterCallbackReason reason, UErrorCode* code) {
  if (reason > UCNV_IRREGULAR) return;
  *code = U_ZERO_ERROR;
  // The Chinese sets of Windows have the euro sign where the standard has nothing.
  const bool euro = length == 1 && static_cast<unsigned char>(*octets) == 0x80;
  const UChar character = euro ? u'€' : static_cast<UChar>(kNothing);
  if (!euro) ++*static_cast<std::size_t*>(const_cast<void*>(context));  // NOLINT
  ucnv_cbToUWriteUChars(arguments, &character, 1, 0, code);
}

Opened open(std::string_view name) {
  // ICU would look for tables in files, and a static program must not depend on what lies on a
  // disk.
  static const bool kNoFiles = [] {
    UErrorCode code = U_ZERO_ERROR;
    udata_setFileAccess(UDATA_NO_FILES, &code);
    return true;
  }();
  static_cast<void>(kNoFiles);
  std::string icu_name(name);
  for (const auto& [ours, theirs] : kIcuNames) {
    if (ours == name) icu_name = theirs;
  }
  UErrorCode code = U_ZERO_ERROR;
  Opened converter(ucnv_open(icu_name.c_str(), &code));
  if (U_FAILURE(code)) converter.reset();
  return converter;
}

/// ICU as UTF-8; `errors` are counted.
void append_converted(UConverter& converter, std::string_view octets, Converted& converted) {
  UErrorCode code = U_ZERO_ERROR;
  ucnv_setToUCallBack(&converter, count_error, &converted.errors, nullptr, nullptr, &code);
  // A converter is used again, and a text that was cut leaves its state in the middle of a
  // character.
  ucnv_reset(&converter);
  std::array<UChar, 2048> piece{};
  const char* from = octets.data();
  const char* const end = from + octets.size();
  char32_t high = 0;  // The first half of a character beyond U+FFFF.
  for (bool more = true; more;) {
    UChar* to = piece.data();
    code = U_ZERO_ERROR;
    ucnv_toUnicode(&converter, &to, piece.data() + piece.size(), &from, end, nullptr, 1, &code);
    more = code == U_BUFFER_OVERFLOW_ERROR;
    for (const UChar* unit = piece.data(); unit != to; ++unit) {
      char32_t character = *unit;
      if (character >= 0xD800 && character < 0xDC00) {
        high = character;
        continue;
      }
      if (high != 0 && character >= 0xDC00 && character < 0xE000)
        character = 0x10000 + ((high - 0xD800) << 10U) + (character - 0xDC00);
      high = 0;
      if (character >= 0x80) ++converted.characters;
      append_character(converted.text, character);
    }
  }
}

char16_t single_character(UConverter& converter, unsigned octet) {
  Converted converted;
  const char byte = static_cast<char>(octet);
  append_converted(converter, std::string_view(&byte, 1), converted);
  std::string_view text = converted.text;
  const char32_t character = take_character(text);
  // Only characters of one UTF-16 unit fit the table; no set of one octet has others.
  return static_cast<char16_t>(text.empty() ? character : kNothing);
}

bool is_c1(char32_t character) { return character >= 0x80 && character < 0xA0; }

const Charset& charset(std::string_view name);

std::string_view windows_of(std::string_view name) {
  for (const auto& [iso, windows] : kWindowsOf) {
    if (iso == name) return windows;
  }
  return name == "windows-1252" ? std::string_view() : "windows-1252";
}

std::unique_ptr<const Table> make_table(std::string_view name, UConverter* converter) {
  auto table = std::make_unique<Table>();
  const std::u16string_view upper = upper_half(name);
  for (unsigned octet = 0; octet < table->size(); ++octet) {
    (*table)[octet] = converter != nullptr ? single_character(*converter, octet)
                      : octet < 0x80       ? static_cast<char16_t>(octet)
                                           : upper[octet - 0x80];
  }
  // A set in which 'A' has its place is ASCII below 128, also where ICU has a few letters of its
  // own.
  if ((*table)['A'] == 'A') {
    for (char16_t octet = 0; octet < 0x80; ++octet) (*table)[octet] = octet;
    const std::string_view windows = name.starts_with("iso-8859-") ? windows_of(name) : "";
    const Table* const other = windows.empty() ? nullptr : charset(windows).table.get();
    for (unsigned octet = 0x80; octet < 0x100; ++octet) {
      char16_t& character = (*table)[octet];
      if (is_c1(character))
        character = other != nullptr && octet < 0xA0 ? (*other)[octet] : char16_t{kNothing};
    }
  } else {  // EBCDIC: its line end is a control of ours.
    for (char16_t& character : *table) {
      if (character == 0x85) character = u'\n';
      if (is_c1(character)) character = char16_t{kNothing};
    }
  }
  return table;
}

/// Opened once a thread. Neither a converter nor a table: there is no such charset.
const Charset& charset(std::string_view name) {
  // By thread, because ICU's converters cannot be shared among threads.
  thread_local std::map<std::string, Charset, std::less<>> opened;
  const auto found = opened.find(name);
  if (found != opened.end()) return found->second;
  Charset made;
  if (!upper_half(name).empty()) {
    made.table = make_table(name, nullptr);
  } else {
    made.converter = open(name);
    if (made.converter && ucnv_getType(made.converter.get()) == UCNV_SBCS) {
      made.table = make_table(name, made.converter.get());
      made.converter.reset();
    }
  }
  return opened.emplace(name, std::move(made)).first->second;
}

void append_single_byte(const Table& table, std::string_view octets, Converted& converted) {
  // Half as much again: most letters beyond ASCII have two octets in UTF-8.
  converted.text.reserve(converted.text.size() + octets.size() + octets.size() / 2);
  for (const char octet : octets) {
    const char16_t character = table[static_cast<unsigned char>(octet)];
    if (character < 0x80) {
      converted.text += static_cast<char>(character);
      continue;
    }
    ++converted.characters;
    if (character == kNothing) ++converted.errors;
    append_character(converted.text, character);
  }
}

}  // namespace

Converted convert(std::string_view octets, std::string_view name) {
  Converted converted;
  if (name == "iso-2022-jp") return convert_iso2022_jp(octets);
  if (name == "iso-2022-kr") return convert_iso2022_kr(octets);
  const Charset& set = charset(name);
  if (set.table) {
    append_single_byte(*set.table, octets, converted);
  } else if (set.converter) {
    append_converted(*set.converter, octets, converted);
  } else {
    // A set that is unknown: its errors are all octets, so that any other reading is preferred.
    converted.text = mend_utf8(octets);
    converted.errors = octets.size();
    converted.characters = octets.size();
  }
  return converted;
}

std::string_view converter_name(std::string_view alias) {
  // An alias comes from a header, and ICU reads options behind these.
  constexpr std::string_view kOdd = ",=/\\";  // Options, and ways out to files.
  if (alias.find_first_of(kOdd) != std::string_view::npos) return {};
  UErrorCode code = U_ZERO_ERROR;
  const char* const name = ucnv_getAlias(std::string(alias).c_str(), 0, &code);
  return U_FAILURE(code) || name == nullptr ? std::string_view() : name;
}

bool is_single_byte(std::string_view name) { return charset(name).table != nullptr; }

}  // namespace restante::text
