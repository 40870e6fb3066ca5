#include "mime/parameter_pieces.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "base/ascii.h"
#include "mime/decoded_words.h"
#include "text/charsets/charset.h"
#include "text/percent.h"

namespace restante::mime {
namespace {

bool is_attribute(std::string_view text) {
  constexpr std::string_view kOthers = "-_.:+";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alpha(c) || is_digit(c) || kOthers.find(c) != std::string_view::npos;
  });
}

/// Takes "charset'language'" off the front; empty and nothing taken if it is not there. Where it
/// must stand, an unknown charset may stand there too, without a language.
std::string_view take_charset(std::string_view& value, bool must_stand) {
  constexpr std::size_t kCharsetBytesMax = 60;
  const std::string_view front = value.substr(0, 2 * kCharsetBytesMax);
  const std::size_t first = front.find('\'');
  const std::size_t second = first == std::string_view::npos ? first : front.find('\'', first + 1);
  if (second == std::string_view::npos) return {};
  const std::string_view charset = front.substr(0, first);
  const bool is_unknown =
      !charset.empty() && !text::is_known_charset(charset) && !to_lower(charset).starts_with("x-");
  if (is_unknown && (!must_stand || second != first + 1 || !is_attribute(charset))) return {};
  const std::string_view language = front.substr(first + 1, second - first - 1);
  if (!std::all_of(language.begin(), language.end(),
                   [](char c) { return is_alpha(c) || is_digit(c) || c == '-'; }))
    return {};
  value.remove_prefix(second + 1);
  return charset;
}

/// Some senders encode a value in both ways: the words in it are decoded, too.
std::string with_words(const std::string& value) {
  return value.find("=?") == std::string::npos ? one_line(value) : decode_text(value);
}

}  // namespace

void ParameterPieces::add(std::string_view name, std::string value) {
  const std::size_t star = std::min(name.find('*'), name.size());
  const bool is_plain = star == name.size();
  std::string_view form = is_plain ? std::string_view() : name.substr(star + 1);
  name = name.substr(0, star);
  if (name.empty()) return;
  auto found = std::find_if(parameters_.begin(), parameters_.end(),
                            [&](const Parameter& parameter) { return parameter.name == name; });
  if (found == parameters_.end())
    found = parameters_.insert(found, Parameter{std::string(name), {}, {}, {}});
  Piece piece{0, !is_plain && (form.empty() || form.ends_with('*')), std::move(value)};
  if (is_plain) return found->plain.push_back(std::move(piece));
  if (form.empty()) return found->whole.push_back(std::move(piece));
  static_cast<void>(std::from_chars(form.data(), form.data() + form.size(), piece.number));
  found->continued.push_back(std::move(piece));
}

std::string ParameterPieces::value_of(const Parameter& parameter) {
  std::vector<Piece> pieces = parameter.continued;
  if (!parameter.whole.empty()) pieces = {parameter.whole.front()};
  if (pieces.empty()) {
    const std::string& plain = parameter.plain.front().value;
    if (parameter.name == "boundary") return plain;
    // The form of name*, under the name without the star.
    std::string_view rest = plain;
    const std::string_view charset = take_charset(rest, false);
    if (!charset.empty() && rest.find('%') != std::string_view::npos)
      return with_words(text::to_utf8(text::percent_decoded(rest), charset));
    return decode_text(plain);
  }
  std::stable_sort(pieces.begin(), pieces.end(),
                   [](const Piece& a, const Piece& b) { return a.number < b.number; });
  std::string octets;
  std::string extended;  // Not yet decoded.
  std::string charset;
  bool is_first = true;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    std::string_view value = piece.value;
    if (is_first && piece.is_extended) charset = take_charset(value, true);
    is_first = false;
    // "%C" and "3" may stand in two.
    (piece.is_extended ? extended : octets) += value;
    if (i + 1 < pieces.size() && pieces[i + 1].is_extended) continue;
    octets += text::percent_decoded(extended);
    extended.clear();
  }
  if (parameter.name == "boundary") return octets;
  return with_words(text::to_utf8(octets, charset));
}

std::vector<std::pair<std::string, std::string>> ParameterPieces::joined() const {
  std::vector<std::pair<std::string, std::string>> values;
  values.reserve(parameters_.size());
  for (const Parameter& parameter : parameters_)
    values.emplace_back(parameter.name, value_of(parameter));
  return values;
}

}  // namespace restante::mime
