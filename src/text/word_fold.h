// A character as the search index takes it: without case, marks and forms that make no difference
// to who looks for a word. By Unicode (NFKD and case folding), and a table for letters that it does
// not take apart. Pure, but for a memory of what was asked before.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

namespace restante::text {

enum class WordRole : std::uint8_t {
  kNone,     ///< Not there for a reader: a soft hyphen, a joint of no width.
  kBetween,  ///< Words end here.
  kPart,     ///< Of a word.
  kAlone,    ///< Written without blanks between words, or a picture: a word of its own.
  kMark,     ///< Belongs to the character before, as the vowels of Indic scripts do.
};

struct FoldedCharacter {
  char32_t character = 0;
  WordRole role = WordRole::kNone;
};

class WordFold {
 public:
  WordFold();
  ~WordFold();
  WordFold(WordFold&&) noexcept;
  WordFold& operator=(WordFold&&) noexcept;

  /// All that it becomes: none or several. Valid until the next call.
  std::span<const FoldedCharacter> of(char32_t character);

  /// The one character that the two are together (NFC); 0: there is none. For syllables in pieces
  /// and for voicing marks.
  static char32_t together(char32_t first, char32_t second);

 private:
  // No character becomes more: U+FDFA does, a whole sentence.
  static constexpr std::size_t kLongest = 32;
  struct Known;
  std::unique_ptr<Known> known_;
};

}  // namespace restante::text
