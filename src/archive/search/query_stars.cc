#include "archive/search/query_stars.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "text/charsets/charset.h"
#include "text/word_fold.h"
#include "text/words.h"

namespace restante::archive {
namespace {

// With fewer letters nearly all words fit.
constexpr std::size_t kLettersMin = 2;

/// Whether the last character is one of a word. Marks that belong to the letter before them are
/// passed over: accents may be characters of their own, as some keyboards write them.
bool ends_in_word(std::string_view text) {
  text::WordFold fold;
  while (!text.empty()) {
    std::size_t last = text.size();
    while (last > 0 && (static_cast<unsigned char>(text[--last]) & 0xC0U) == 0x80U) {
    }
    std::string_view character = text.substr(last);
    if (text::has_word(character)) return true;
    const auto folded = fold.of(text::take_character(character));
    const bool belongs = std::all_of(folded.begin(), folded.end(), [](const auto& one) {
      return one.role == text::WordRole::kNone;
    });
    if (!belongs) return false;
    text = text.substr(0, last);
  }
  return false;
}

bool has_sign(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return is_ascii(c) && !is_alpha(c) && !is_digit(c); });
}

/// What stands between the stars, folded; each is one word, or empty at both ends. Nothing: one of
/// them is more than a word.
struct Pieces {
  std::vector<std::string> folded;
  bool are_words = true;
  bool are_alone = false;  ///< Characters that are words of their own (words.h).
};

Pieces star_pieces_of(std::string_view text) {
  Pieces pieces;
  text::WordCutter cutter;
  text::WordFold fold;
  for (;;) {
    const std::size_t star = text.find('*');
    const std::string_view piece = text.substr(0, star);
    std::size_t count = 0;
    std::string word;
    cutter.cut(piece, [&](const text::Word& one) {
      ++count;
      word = one.folded;
      return true;
    });
    std::string_view rest = word;
    if (!rest.empty()) {
      const auto folded = fold.of(text::take_character(rest));
      if (!folded.empty() && folded.front().role == text::WordRole::kAlone) pieces.are_alone = true;
    }
    if (count > 1 || has_sign(piece)) pieces.are_words = false;
    pieces.folded.push_back(std::move(word));
    if (star == std::string_view::npos) return pieces;
    text.remove_prefix(star + 1);
  }
}

std::size_t letters_in(const std::vector<std::string>& pieces) {
  std::size_t letters = 0;
  for (const std::string_view piece : pieces) {
    for (std::string_view rest = piece; !rest.empty(); ++letters) text::take_character(rest);
  }
  return letters;
}

std::string joined(const std::vector<std::string>& pieces) {
  std::string pattern;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    // Two stars in a row say no more than one.
    if (i > 0 && !pattern.ends_with('*')) pattern += '*';
    pattern += pieces[i];
  }
  return pattern;
}

constexpr const char* kNoLetter =
    "a * stands for letters of a word, and there is none beside it: leave it out";

/// "*@example.com": a star before a sign says nothing of the words behind it.
void drop_stars_before_signs(std::string& words) {
  while (words.size() > 1 && words.front() == '*' &&
         (words[1] == '@' || words[1] == '.' || words[1] == '*'))
    words.erase(0, 1);
}

}  // namespace

std::string understand_stars(TextTerm& term) {
  drop_stars_before_signs(term.words);
  if (term.words.find('*') == std::string::npos) return {};
  std::string_view without_last = term.words;
  while (without_last.ends_with('*')) without_last.remove_suffix(1);
  if (without_last.find('*') == std::string_view::npos) {
    if (!ends_in_word(without_last)) return kNoLetter;
    term.words = std::string(without_last);
    term.is_prefix = true;
    return {};
  }
  const Pieces pieces = star_pieces_of(term.words);
  if (pieces.are_alone)
    return "a * is not needed here: any part of such a text is found as it stands";
  if (!pieces.are_words)
    return "a * before or in a word wants that word alone: *voice*, invo*e; write the others "
           "beside it";
  if (letters_in(pieces.folded) < kLettersMin)
    return "too many words would fit: write more letters beside the *";
  term.words = joined(pieces.folded);
  term.is_pattern = true;
  return {};
}

std::string understand_stars_in_quotes(TextTerm& term) {
  const std::size_t star = term.words.find('*');
  if (star == std::string::npos) return {};
  const bool at_end = star + 1 == term.words.size();
  const std::string_view before = std::string_view(term.words).substr(0, star);
  if (!at_end) return "in quotes a * may only stand at the end, for the last word: \"final rep*\"";
  if (!ends_in_word(before)) return kNoLetter;
  term.words = std::string(before);
  term.is_prefix = true;
  return {};
}

}  // namespace restante::archive
