// The words of a text, as the search index has them and as queries ask for them: folded, so that
// case, accents and forms make no difference (word_fold.h). Text that is written without blanks
// between words (Chinese, Japanese, Korean, Thai, …) is a word for each character, so that any part
// of it can be found as a phrase. Linear, and pure. A change of the words that come out must make
// the index anew, by another step of archive/database/schema.cc.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "text/word_fold.h"

namespace restante::text {

/// A longer word is cut, and found by its beginning.
inline constexpr std::size_t kWordBytesMax = 1024;

struct Word {
  std::string_view folded;
  std::size_t from = 0;  ///< Where it stands in the text: bytes.
  std::size_t to = 0;
};

/// One object a thread.
class WordCutter {
 public:
  /// False ends it.
  using Visit = std::function<bool(const Word&)>;

  /// The text is UTF-8; what is not counts as between words. In what in_field() has made each word
  /// carries the field's name.
  void cut(std::string_view text, const Visit& visit);

 private:
  friend class WordRun;
  WordFold fold_;
  std::string word_;
};

/// A text whose words are found only with the field's name: field_prefix() and the word, as one. It
/// can stand behind other text, and is one line.
std::string in_field(std::string_view field, std::string_view text);

/// What stands before each word of the field: ":reply-to:". No other word begins so.
std::string field_prefix(std::string_view field);
bool is_of_field(std::string_view folded);

/// Blanks for all control characters but the ends of lines: no sender's text can then pass for what
/// in_field() has made, or for marks of another kind. Words stay, and where they stand.
std::string without_controls(std::string text);

/// Has a word in it.
bool has_word(std::string_view text);

/// The words, a blank between: for tests, and to see what a text is found by.
std::string folded_words(std::string_view text);

}  // namespace restante::text
