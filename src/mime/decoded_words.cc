#include "mime/decoded_words.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "mime/date.h"
#include "mime/encoded_word.h"
#include "mime/line_scan.h"
#include "text/charsets/charset.h"
#include "text/charsets/charset_label.h"

namespace restante::mime {
namespace {

/// Bodies may be of sets in which a field cannot be.
bool fits_fields(std::string_view charset) {
  const std::string_view name = text::charset_meant(charset);
  return !name.starts_with("utf-16") && name != "utf-32" && name != "utf-7" && name != "hz";
}

/// Without the folds that stand within characters, if that makes it UTF-8; else empty.
std::string without_folds_in_characters(std::string_view octets) {
  std::string joined;
  if (is_utf8(octets)) return joined;
  joined.reserve(octets.size());
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const bool is_break = octets[i] == '\r' || octets[i] == '\n';
    if (is_break && !joined.empty() && !is_ascii(joined.back())) {
      const std::size_t next = octets.find_first_not_of(" \t\r\n", i);
      if (next == std::string_view::npos) break;
      // The octets before must want one more.
      const bool goes_on = (static_cast<unsigned char>(octets[next]) & 0xC0U) == 0x80U;
      if (goes_on) i = next;
    }
    joined += octets[i];
  }
  return is_utf8(joined) ? joined : std::string();
}

bool is_same_charset(std::string_view one, std::string_view other) {
  if (equals_ignore_case(one, other)) return true;
  const std::string_view meant = text::charset_meant(one);
  return !meant.empty() && meant == text::charset_meant(other);
}

}  // namespace

std::string field_as_utf8(std::string_view octets, std::string_view charset) {
  const bool is_plain =
      std::all_of(octets.begin(), octets.end(), [](char c) { return is_ascii(c) && c != '\x1b'; });
  if (is_plain) return std::string(octets);
  if (std::string joined = without_folds_in_characters(octets); !joined.empty()) return joined;
  return text::to_utf8(octets, fits_fields(charset) ? charset : std::string_view());
}

namespace {

/// Puts words of one charset together before they are converted: a character may be cut in two.
class Words {
 public:
  explicit Words(std::string_view charset) : charset_(charset) {}

  void word(const EncodedWord& word) {
    if (!is_behind_word_) end_plain();
    // Blanks between two words are no part of the text.
    plain_.clear();
    if (!is_same_charset(word.charset, word_charset_)) end_word();
    word_charset_ = word.charset;
    word_octets_ += word.octets;
    is_behind_word_ = true;
  }

  void plain(std::string_view octets) {
    plain_.append(octets);
    if (is_behind_word_ && !std::all_of(octets.begin(), octets.end(), is_blank)) {
      end_word();
      is_behind_word_ = false;
    }
  }

  std::string finish() {
    end_word();
    end_plain();
    return std::move(text_);
  }

 private:
  void end_word() {
    if (!word_octets_.empty()) text_ += text::to_utf8(word_octets_, word_charset_);
    word_octets_.clear();
  }
  void end_plain() {
    text_ += field_as_utf8(plain_, charset_);
    plain_.clear();
  }

  const std::string_view charset_;
  std::string text_;
  std::string plain_;
  std::string word_octets_;
  std::string_view word_charset_;
  bool is_behind_word_ = false;  // Nothing but blanks since.
};

}  // namespace

std::string decode_words(std::string_view raw, std::string_view charset) {
  raw = raw.substr(0, kFieldBytesMax);
  if (raw.find("=?") == std::string_view::npos) return field_as_utf8(raw, charset);
  Words words(charset);
  bool has_ends = true;
  while (!raw.empty()) {
    const std::size_t at = std::min(raw.find("=?"), raw.size());
    if (at > 0) words.plain(raw.substr(0, at));
    raw.remove_prefix(at);
    if (const auto word = take_encoded_word(raw, has_ends)) {
      words.word(*word);
    } else if (!raw.empty()) {
      words.plain(raw.substr(0, 2));
      raw.remove_prefix(std::min<std::size_t>(2, raw.size()));
    }
  }
  return words.finish();
}

std::string one_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  bool blank = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_blank(c)) {
      blank = true;
      continue;
    }
    if (is_control(c)) continue;
    // The C1 controls are the second half of what begins with C2.
    const bool is_c1 =
        c == '\xC2' && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0U;
    if (is_c1) {
      ++i;
      continue;
    }
    if (blank && !line.empty()) line += ' ';
    blank = false;
    line += c;
  }
  return std::string(text::cut_utf8(line, kFieldBytesMax));
}

std::string decode_text(std::string_view raw, std::string_view charset) {
  return one_line(decode_words(raw, charset));
}

std::optional<std::int64_t> parse_date(std::string_view raw) {
  raw = raw.substr(0, kDateBytesMax);
  if (raw.find("=?") == std::string_view::npos) return plain_date(raw);
  const std::string decoded = decode_words(raw);
  return plain_date(decoded.empty() ? raw : decoded);
}

}  // namespace restante::mime
