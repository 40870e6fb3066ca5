#include "mime/parameters.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>

#include "base/ascii.h"
#include "mime/comments.h"
#include "mime/decoded_words.h"
#include "mime/encoded_word.h"
#include "mime/line_scan.h"
#include "mime/parameter_pieces.h"

namespace restante::mime {
namespace {

constexpr std::size_t kParametersMax = 100;
constexpr std::size_t kNameBytesMax = 60;
constexpr std::size_t kTextBytesMax = 16U << 10;

bool is_name_character(char c) {
  constexpr std::string_view kOthers = "-_.*!#$&+^`|~";
  return is_alpha(c) || is_digit(c) || kOthers.find(c) != std::string_view::npos;
}
/// Names of files are written without quotes, with blanks and parentheses in them.
bool is_file_name(std::string_view name) {
  return name.starts_with("filename") || name.starts_with("name");
}

class ParameterReader {
 public:
  explicit ParameterReader(std::string_view text) : rest_(text) {}

  /// "text/plain": lower case; blanks and comments around the slash left out.
  std::string main_value() {
    std::string value;
    bool blank = false;
    skip_blanks();
    while (!rest_.empty() && rest_.front() != ';') {
      if (is_blank(rest_.front()) || rest_.front() == '(') {
        const std::size_t before = rest_.size();
        skip_blanks();
        if (rest_.size() < before) {
          blank = true;
          continue;
        }
      }
      // Behind a blank only the slash goes on with it.
      if (blank && rest_.front() != '/' && !value.ends_with('/')) break;
      if (value.empty() && begins_parameter(rest_)) break;
      blank = false;
      if (rest_.front() != '"') value += to_lower(rest_.front());
      rest_.remove_prefix(1);
    }
    return value;
  }

  /// Nothing at the end.
  std::optional<std::pair<std::string, std::string>> parameter() {
    while (!rest_.empty()) {
      skip_blanks();
      if (begins_parameter(rest_) || begins_with_colon(rest_)) break;
      const std::size_t skipped = std::max<std::size_t>(name_length(rest_), 1);
      rest_.remove_prefix(std::min(skipped, rest_.size()));
    }
    if (rest_.empty()) return std::nullopt;
    const std::size_t end = name_length(rest_);
    const std::string name = to_lower(rest_.substr(0, end));
    rest_.remove_prefix(rest_.find_first_of("=:", end) + 1);
    if (name != "boundary" || !rest_.starts_with('(')) skip_blanks();
    std::string value = rest_.starts_with('"') ? quoted() : unquoted(name);
    return std::pair(name, std::move(value));
  }

 private:
  static std::size_t name_length(std::string_view text) {
    text = text.substr(0, kNameBytesMax);
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_name_character) -
                                    text.begin());
  }

  static bool begins_parameter(std::string_view text) {
    const std::size_t length = name_length(text);
    if (length == 0) return false;
    const std::string_view behind = text.substr(length, kNameBytesMax);
    const std::size_t equals = behind.find_first_not_of(" \t\r\n");
    return equals != std::string_view::npos && behind[equals] == '=';
  }

  /// "filename:a.pdf"
  static bool begins_with_colon(std::string_view text) {
    const std::size_t length = name_length(text);
    const std::string_view name = text.substr(0, length);
    return text.substr(length).starts_with(':') &&
           (equals_ignore_case(name, "filename") || equals_ignore_case(name, "name"));
  }

  /// Where in an encoded word, which has no end of its own, the next parameter follows.
  static std::size_t parameter_in(std::string_view word) {
    for (std::size_t at = word.find(';'); at != std::string_view::npos;
         at = word.find(';', at + 1)) {
      const std::size_t next = word.find_first_not_of(" \t\r\n", at + 1);
      if (next == std::string_view::npos || next == at + 1) continue;
      if (begins_parameter(word.substr(next))) return at;
    }
    return word.size();
  }

  /// And comments.
  void skip_blanks() {
    for (;;) {
      while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
      const std::size_t comment = comment_length(rest_, comments_end_);
      if (comment == 0) return;
      rest_.remove_prefix(comment);
    }
  }

  /// A quote within quotes is a letter unless something comes behind it that can follow a value.
  [[nodiscard]] static bool may_follow_value(std::string_view text) {
    const std::size_t at = text.substr(0, kNameBytesMax).find_first_not_of(" \t\r\n");
    if (at == std::string_view::npos) return true;
    constexpr std::string_view kEnds = ";,(\"";
    return (kEnds.find(text[at]) != std::string_view::npos && (at > 0 || text[at] != '"')) ||
           (at > 0 && begins_parameter(text.substr(at)));
  }

  std::string quoted() {
    std::string value;
    const std::string_view all = rest_.substr(1);
    bool has_semicolon = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const char c = all[i];
      const bool escapes =
          c == '\\' && i + 1 < all.size() && (all[i + 1] == '"' || all[i + 1] == '\\');
      if (escapes) {
        value += all[++i];
      } else if (c == '"' && may_follow_value(all.substr(i + 1))) {
        rest_ = all.substr(i + 1);
        // A value in several strings.
        const std::size_t next = rest_.find_first_not_of(" \t\r\n");
        if (next == std::string_view::npos || rest_[next] != '"') return value;
        value += ' ';
        i += next + 1;
      } else if (c == '"' && has_semicolon && all[i - 1] == '=') {
        break;  // The quote of the next parameter: this one's is missing.
      } else if (c != '\r' && c != '\n') {
        value += c;
        has_semicolon = has_semicolon || c == ';';
      }
    }
    // It never ends.
    const std::size_t end = std::min(all.find(';'), all.size());
    rest_ = all.substr(end);
    return std::string(trim_blanks(all.substr(0, end)));
  }

  std::string unquoted(std::string_view name) {
    const bool is_file = is_file_name(name);
    const bool is_boundary = name == "boundary";
    std::size_t end = 0;
    bool words_end = true;
    while (end < rest_.size() && rest_[end] != ';') {
      if (is_blank(rest_[end]) && begins_parameter(rest_.substr(end + 1))) break;
      // In a boundary it is a letter unless a blank stands before it.
      const bool may_be_letter = is_boundary && (end == 0 || !is_blank(rest_[end - 1]));
      if (!is_file && !may_be_letter && rest_[end] == '(') break;
      std::string_view behind = rest_.substr(end);
      const std::size_t begin = end;
      end = take_encoded_word(behind, words_end) ? rest_.size() - behind.size() : end + 1;
      end = begin + parameter_in(rest_.substr(begin, end - begin));
      if (end == begin) break;
    }
    std::string value(trim_blanks(rest_.substr(0, end)));
    rest_.remove_prefix(end);
    if (value.ends_with('"')) value.pop_back();
    return value;
  }

  std::string_view rest_;
  bool comments_end_ = true;
};

}  // namespace

std::string_view Parameters::find(std::string_view name) const {
  for (const auto& [found, text] : parameters) {
    if (found == name) return text;
  }
  return {};
}

Parameters parse_parameters(std::string_view raw, std::string_view charset) {
  const std::string field = field_as_utf8(raw.substr(0, kTextBytesMax), charset);
  ParameterReader reader(field);
  Parameters read;
  read.value = one_line(reader.main_value());
  ParameterPieces pieces;
  for (std::size_t count = 0; count < kParametersMax; ++count) {
    auto parameter = reader.parameter();
    if (!parameter) break;
    pieces.add(parameter->first, std::move(parameter->second));
  }
  read.parameters = pieces.joined();
  return read;
}

}  // namespace restante::mime
