#include "text/words.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "text/charsets/charset.h"

namespace restante::text {
namespace {

// These begin and end a field's name in the text that in_field() makes; without_controls() leaves
// none.
constexpr char kFieldStart = '\x01';
constexpr char kFieldEnd = '\x04';
// No word of a text begins with it: a query for words by their beginning reaches no field's.
constexpr char kFieldSign = ':';
constexpr std::size_t kFieldBytesMax = 76;

/// Of ASCII: the small letter or digit; 0 for all others.
constexpr std::array<char, 256> kSmall = [] {
  std::array<char, 256> small{};
  for (char c = '0'; c <= '9'; ++c) small.at(static_cast<std::size_t>(c)) = c;
  for (char c = 'a'; c <= 'z'; ++c) {
    small.at(static_cast<std::size_t>(c)) = c;
    small.at(static_cast<unsigned char>(c) - std::size_t{'a' - 'A'}) = c;
  }
  return small;
}();

char small_of(char c) { return kSmall[static_cast<unsigned char>(c)]; }

bool is_field_byte(char c) { return is_ascii(c) && c > ' ' && c != ':'; }

}  // namespace

/// The word that is being read.
class WordRun {
 public:
  WordRun(WordCutter& cutter, std::string_view text, const WordCutter::Visit& visit)
      : fold_(cutter.fold_), word_(cutter.word_), text_(text), visit_(visit) {
    word_.clear();
  }

  void run() {
    while (at_ < text_.size() && goes_on_) {
      const char c = text_[at_];
      if (small_of(c) != 0) {
        take_letters();
      } else if (is_ascii(c)) {
        take_other(c);
      } else {
        take_character();
      }
    }
    end_word();
  }

 private:
  /// All that stand in a row: most of most mail.
  void take_letters() {
    if (alone_ != 0) end_word();
    if (!has_word()) from_ = at_;
    std::size_t end = at_ + 1;
    while (end < text_.size() && small_of(text_[end]) != 0) ++end;
    const std::size_t before = word_.size();
    const std::size_t room =
        prefix_bytes_ + kWordBytesMax - std::min(before, prefix_bytes_ + kWordBytesMax);
    const std::string_view letters = text_.substr(at_, std::min(end - at_, room));
    word_.resize(before + letters.size());
    std::transform(letters.begin(), letters.end(),
                   word_.begin() + static_cast<std::ptrdiff_t>(before), small_of);
    at_ = to_ = end;
  }

  void take_other(char c) {
    end_word();
    ++at_;
    if (c == '\n') set_prefix({});
    if (c == kFieldStart) take_field();
  }

  void take_field() {
    std::size_t end = at_;
    while (end < text_.size() && end - at_ < kFieldBytesMax && is_field_byte(text_[end])) ++end;
    if (end == at_ || end >= text_.size() || text_[end] != kFieldEnd) return;
    set_prefix(field_prefix(text_.substr(at_, end - at_)));
    at_ = end + 1;
  }

  void set_prefix(std::string_view prefix) {
    word_ = prefix;
    prefix_bytes_ = prefix.size();
  }

  void take_character() {
    std::string_view rest = text_.substr(at_);
    const char32_t character = text::take_character(rest);
    const std::size_t from = at_;
    at_ = text_.size() - rest.size();
    for (const FoldedCharacter& one : fold_.of(character)) {
      switch (one.role) {
        case WordRole::kNone: break;
        case WordRole::kBetween: end_word(); break;
        case WordRole::kPart:
          if (alone_ != 0) end_word();
          take_part(one.character, from);
          break;
        case WordRole::kAlone: take_alone(one.character, from); break;
        case WordRole::kMark: take_part(one.character, from); break;
      }
    }
  }

  void take_alone(char32_t character, std::size_t from) {
    if (join(character)) return;
    end_word();
    from_ = from;
    alone_ = character;
    append(character);
  }

  void take_part(char32_t character, std::size_t from) {
    if (join(character)) return;
    if (!has_word()) from_ = from;
    append(character);
  }

  /// To the syllable or the sign before.
  bool join(char32_t character) {
    const char32_t joined = alone_ != 0 ? WordFold::together(alone_, character) : 0;
    if (joined == 0) return false;
    word_.resize(prefix_bytes_);
    alone_ = joined;
    append(joined);
    return true;
  }

  void append(char32_t character) {
    if (word_.size() < prefix_bytes_ + kWordBytesMax) append_character(word_, character);
    to_ = at_;
  }

  [[nodiscard]] bool has_word() const { return word_.size() > prefix_bytes_; }

  void end_word() {
    alone_ = 0;
    if (!has_word()) return;
    goes_on_ = goes_on_ && visit_(Word{word_, from_, to_});
    word_.resize(prefix_bytes_);
  }

  WordFold& fold_;
  std::string& word_;
  const std::string_view text_;
  const WordCutter::Visit& visit_;
  std::size_t at_ = 0;
  std::size_t from_ = 0;
  std::size_t to_ = 0;
  std::size_t prefix_bytes_ = 0;
  char32_t alone_ = 0;  // What the word is, while it stands alone.
  bool goes_on_ = true;
};

void WordCutter::cut(std::string_view text, const Visit& visit) {
  WordRun(*this, text, visit).run();
}

std::string in_field(std::string_view field, std::string_view text) {
  std::string made;
  made += kFieldStart;
  for (const char c : field.substr(0, kFieldBytesMax - 1)) made += is_field_byte(c) ? c : '?';
  made += kFieldEnd;
  for (const char c : text) made += is_control(c) ? ' ' : c;
  return made;
}

std::string field_prefix(std::string_view field) {
  return kFieldSign + to_lower(field) + kFieldSign;
}

bool is_of_field(std::string_view folded) { return folded.starts_with(kFieldSign); }

std::string without_controls(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return is_control(c) && c != '\n'; }, ' ');
  return text;
}

bool has_word(std::string_view text) {
  bool found = false;
  WordCutter().cut(text, [&](const Word&) {
    found = true;
    return false;
  });
  return found;
}

std::string folded_words(std::string_view text) {
  std::string words;
  WordCutter().cut(text, [&](const Word& word) {
    words += (words.empty() ? "" : " ") + std::string(word.folded);
    return true;
  });
  return words;
}

}  // namespace restante::text
