#include "pop3/verb.h"

#include <array>
#include <utility>

#include "base/ascii.h"

namespace restante::pop3 {
namespace {

constexpr std::size_t kWordBytesMax = 4;
constexpr std::string_view kLongWord = "XCLIENT";  // The only one, and looked for by itself.

/// Up to four letters as one number, so that finding a verb is comparing numbers.
constexpr std::uint32_t pack(std::string_view word) {
  std::uint32_t packed = 0;
  // Its letters count in both cases (RFC 1939 s.3).
  for (const char c : word) packed = (packed << 8U) | static_cast<unsigned char>(to_upper(c));
  return packed;
}

struct Word {
  constexpr Word(Verb v, std::string_view t) : verb(v), text(t), packed(pack(t)) {}
  Verb verb;
  std::string_view text;
  std::uint32_t packed;
};

// In the order of the enumeration.
constexpr std::array kWords = {
    Word(Verb::kApop, "APOP"),       Word(Verb::kAuth, "AUTH"), Word(Verb::kCapa, "CAPA"),
    Word(Verb::kDele, "DELE"),       Word(Verb::kLang, "LANG"), Word(Verb::kLast, "LAST"),
    Word(Verb::kList, "LIST"),       Word(Verb::kNoop, "NOOP"), Word(Verb::kPass, "PASS"),
    Word(Verb::kQuit, "QUIT"),       Word(Verb::kRetr, "RETR"), Word(Verb::kRset, "RSET"),
    Word(Verb::kStat, "STAT"),       Word(Verb::kStls, "STLS"), Word(Verb::kTop, "TOP"),
    Word(Verb::kUidl, "UIDL"),       Word(Verb::kUser, "USER"), Word(Verb::kUtf8, "UTF8"),
    Word(Verb::kXclient, kLongWord),
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < kWords.size(); ++i)
    if (static_cast<std::size_t>(kWords[i].verb) != i) return false;
  return true;
}
static_assert(in_order());

/// A longer word would not be found.
constexpr bool are_short() {
  for (const Word& word : kWords)
    if (word.text.size() > kWordBytesMax && word.text != kLongWord) return false;
  return true;
}
static_assert(are_short());

}  // namespace

std::string_view to_string(Verb verb) { return kWords[static_cast<std::size_t>(verb)].text; }

std::optional<Verb> find_verb(std::string_view word) {
  if (word.empty()) return std::nullopt;
  if (word.size() > kWordBytesMax)
    return equals_ignore_case(word, kLongWord) ? std::optional(Verb::kXclient) : std::nullopt;
  const std::uint32_t packed = pack(word);
  for (const Word& known : kWords)
    // A shorter word with zero octets would have the same number.
    if (known.packed == packed && known.text.size() == word.size()) return known.verb;
  return std::nullopt;
}

}  // namespace restante::pop3
