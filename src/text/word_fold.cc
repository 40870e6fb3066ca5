#include "text/word_fold.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace restante::text {
namespace {

using Range = std::pair<char32_t, char32_t>;

// Thai and Lao, Myanmar, jamo, Khmer, Tai Le to New Tai Lue, Tai Tham, Balinese, kana, ideographs,
// Javanese, Tai Viet, Hangul, compatibility forms, the supplementary planes.
constexpr std::array<Range, 18> kAlone = {{
    {0x0E00, 0x0EFF},
    {0x1000, 0x109F},
    {0x1100, 0x11FF},
    {0x1780, 0x17FF},
    {0x1950, 0x19DF},
    {0x1A20, 0x1AAF},
    {0x1B00, 0x1B7F},
    {0x2E80, 0x2FDF},
    {0x3005, 0x3007},
    {0x3040, 0x31FF},
    {0x3400, 0x9FFF},
    {0xA980, 0xA9DF},
    {0xAA60, 0xAADF},
    {0xAC00, 0xD7FF},
    {0xF900, 0xFAFF},
    {0xFF66, 0xFFDC},
    {0x1AFF0, 0x1B16F},
    {0x20000, 0x3FFFF},
}};

// Letters that people type without what crosses, hooks or joins them: no decomposition has them.
struct Plain {
  char32_t letter;
  std::u32string_view plain;
};
constexpr std::array<Plain, 44> kPlain = {{
    {0x00E6, U"ae"}, {0x00F0, U"d"}, {0x00F8, U"o"}, {0x00FE, U"th"}, {0x0111, U"d"},
    {0x0127, U"h"},  {0x0131, U"i"}, {0x0142, U"l"}, {0x014B, U"n"},  {0x0153, U"oe"},
    {0x0167, U"t"},  {0x0180, U"b"}, {0x0188, U"c"}, {0x0192, U"f"},  {0x0199, U"k"},
    {0x019A, U"l"},  {0x019E, U"n"}, {0x01A5, U"p"}, {0x01AD, U"t"},  {0x01B4, U"y"},
    {0x01B6, U"z"},  {0x01E5, U"g"}, {0x0225, U"z"}, {0x0237, U"j"},  {0x023C, U"c"},
    {0x023F, U"s"},  {0x0240, U"z"}, {0x0247, U"e"}, {0x0249, U"j"},  {0x024D, U"r"},
    {0x024F, U"y"},  {0x0253, U"b"}, {0x0256, U"d"}, {0x0257, U"d"},  {0x0260, U"g"},
    {0x0268, U"i"},  {0x026B, U"l"}, {0x0272, U"n"}, {0x0289, U"u"},  {0x028B, U"v"},
    {0x2C65, U"a"},  {0x2C66, U"t"}, {0xA741, U"k"}, {0xA74D, U"o"},
}};

bool is_in(const auto& ranges, char32_t character) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const Range& range) {
    return character >= range.first && character <= range.second;
  });
}

bool is_mark(UChar32 c) {
  const auto type = u_charType(c);
  return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_COMBINING_SPACING_MARK;
}

bool is_voicing(UChar32 c) { return c == 0x3099 || c == 0x309A; }

// Scripts whose marks are accents; "inherited" are those that any letter may have.
constexpr std::array kAccented = {USCRIPT_INHERITED, USCRIPT_COMMON, USCRIPT_LATIN,
                                  USCRIPT_GREEK,     USCRIPT_COPTIC, USCRIPT_CYRILLIC,
                                  USCRIPT_ARABIC,    USCRIPT_SYRIAC, USCRIPT_HEBREW};

/// Accents, harakat, niqqud: readers leave them out. A mark that is a vowel of its word is none of
/// these.
bool is_accent(UChar32 c) {
  if (!is_mark(c) || is_voicing(c) || u_charType(c) == U_COMBINING_SPACING_MARK) return false;
  UErrorCode error = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(c, &error);
  return std::find(kAccented.begin(), kAccented.end(), script) != kAccented.end();
}

/// Signs that are taken out before words are cut: ignorable by Unicode, tatweel, the marks of
/// transliteration (primes, ayin, hamza), an emoji's colour of skin.
bool is_nothing(UChar32 c) {
  return u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) || c == 0x0640 || c == 0x02B9 ||
         c == 0x02BA || c == 0x02BE || c == 0x02BF || (c >= 0x1F3FB && c <= 0x1F3FF);
}

/// Signs that stand behind a word and are no part of it, though they are made of letters; and
/// apostrophes that count as letters.
bool is_sign(UChar32 c) {
  return c == 0x00A9 || c == 0x00AE || c == 0x2120 || c == 0x2122 || c == 0x02BB || c == 0x02BC;
}

bool is_picture(UChar32 c) {
  if (u_charType(c) != U_OTHER_SYMBOL && u_charType(c) != U_MATH_SYMBOL) return false;
  return c >= 0x1F000 || (c >= 0x2600 && c <= 0x27BF) ||
         (c > 0x2190 && u_hasBinaryProperty(c, UCHAR_EMOJI));
}

WordRole role_of(UChar32 c) {
  if (is_nothing(c)) return WordRole::kNone;
  if (is_mark(c)) return WordRole::kMark;
  const bool is_word = u_isalpha(c) || (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK)) != 0 ||
                       u_charType(c) == U_PRIVATE_USE_CHAR;
  if (is_word && !is_sign(c))
    return is_in(kAlone, static_cast<char32_t>(c)) ? WordRole::kAlone : WordRole::kPart;
  return is_picture(c) ? WordRole::kAlone : WordRole::kBetween;
}

/// A few characters of UTF-16, as ICU has them.
struct Units {
  std::array<UChar, 64> units{};
  int32_t count = 0;
};

template <typename Visit>
void each_of(const Units& text, const Visit& visit) {
  for (int32_t at = 0; at < text.count;) {
    UChar32 c = 0;
    U16_NEXT(text.units.data(), at, text.count, c);
    visit(c);
  }
}

Units normalized(const UNormalizer2* by, UChar32 c) {
  std::array<UChar, 2> source{};
  int32_t length = 0;
  U16_APPEND_UNSAFE(source.data(), length, c);
  Units made;
  UErrorCode error = U_ZERO_ERROR;
  made.count = unorm2_normalize(by, source.data(), length, made.units.data(),
                                static_cast<int32_t>(made.units.size()), &error);
  if (U_FAILURE(error)) made.count = 0;
  return made;
}

const UNormalizer2* decomposing() {
  UErrorCode error = U_ZERO_ERROR;
  return unorm2_getNFKDInstance(&error);
}

const UNormalizer2* case_folding() {
  UErrorCode error = U_ZERO_ERROR;
  return unorm2_getNFKCCasefoldInstance(&error);
}

class Folded {
 public:
  explicit Folded(std::span<FoldedCharacter> room) : room_(room) {}

  void add(UChar32 c) {
    if (is_accent(c)) return;
    if (const int digit = u_charDigitValue(c);
        digit >= 0 && u_charType(c) == U_DECIMAL_DIGIT_NUMBER)
      c = '0' + digit;
    const auto* const plain = std::find_if(kPlain.begin(), kPlain.end(), [&](const Plain& one) {
      return one.letter == static_cast<char32_t>(c);
    });
    if (plain == kPlain.end()) return put(static_cast<char32_t>(c), role_of(c));
    for (const char32_t letter : plain->plain) put(letter, WordRole::kPart);
  }
  void put(char32_t character, WordRole role) {
    if (role != WordRole::kNone && count_ < room_.size()) room_[count_++] = {character, role};
  }
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  std::span<FoldedCharacter> room_;
  std::size_t count_ = 0;
};

std::size_t fold(char32_t character, std::span<FoldedCharacter> room) {
  Folded folded(room);
  const auto c = static_cast<UChar32>(character);
  if (character >= 0xAC00 && character <= 0xD7A3) {  // Hangul syllables stay whole.
    folded.put(character, WordRole::kAlone);
  } else if (is_sign(c)) {
    folded.put(character, WordRole::kBetween);
  } else if (!is_nothing(c)) {
    each_of(normalized(decomposing(), c), [&](UChar32 part) {
      if (is_accent(part)) return;  // Before case: the Greek iota below is a mark until then.
      each_of(normalized(case_folding(), part), [&](UChar32 small) {
        each_of(normalized(decomposing(), small), [&](UChar32 last) { folded.add(last); });
      });
    });
  }
  return folded.count();
}

}  // namespace

/// The characters of a text are few: a place for each, by its number, as long as no other takes it.
struct WordFold::Known {
  static constexpr std::size_t kPlaces = 4096;
  struct Place {
    char32_t character = 0;
    std::uint8_t count = 0;
    std::array<FoldedCharacter, 2> folded;
  };
  std::array<Place, kPlaces> places;
  std::array<FoldedCharacter, kLongest> longer;
};

WordFold::WordFold() = default;
WordFold::~WordFold() = default;
WordFold::WordFold(WordFold&&) noexcept = default;
WordFold& WordFold::operator=(WordFold&&) noexcept = default;

std::span<const FoldedCharacter> WordFold::of(char32_t character) {
  if (!known_) known_ = std::make_unique<Known>();
  Known::Place& place = known_->places.at(character % Known::kPlaces);
  if (place.character == character && character != 0) return {place.folded.data(), place.count};
  const std::size_t count = fold(character, known_->longer);
  if (count > place.folded.size()) return {known_->longer.data(), count};
  place.character = character;
  place.count = static_cast<std::uint8_t>(count);
  std::copy_n(known_->longer.begin(), count, place.folded.begin());
  return {place.folded.data(), count};
}

char32_t WordFold::together(char32_t first, char32_t second) {
  const bool may_join =
      (second >= 0x1161 && second <= 0x11C2) || second == 0x3099 || second == 0x309A;
  if (!may_join) return 0;
  UErrorCode error = U_ZERO_ERROR;
  const UChar32 joined = unorm2_composePair(
      unorm2_getNFCInstance(&error), static_cast<UChar32>(first), static_cast<UChar32>(second));
  return joined > 0 ? static_cast<char32_t>(joined) : 0;
}

}  // namespace restante::text
