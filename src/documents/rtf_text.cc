#include "documents/rtf_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/ascii.h"
#include "text/charsets/charset.h"

namespace restante::text {
namespace {

// What follows these in a group is for programs.
constexpr std::array<std::string_view, 18> kUnread = {"fonttbl",
                                                      "colortbl",
                                                      "stylesheet",
                                                      "pict",
                                                      "object",
                                                      "themedata",
                                                      "datastore",
                                                      "listtable",
                                                      "listoverridetable",
                                                      "rsidtbl",
                                                      "generator",
                                                      "filetbl",
                                                      "revtbl",
                                                      "xmlnstbl",
                                                      "latentstyles",
                                                      "colorschememapping",
                                                      "fldinst",
                                                      "info"};
constexpr std::array<std::string_view, 8> kRtfBreaks = {"par",  "line", "row", "cell",
                                                        "sect", "page", "tab", "nestcell"};
constexpr std::size_t kDepthMax = 1000;

struct Sign {
  std::string_view word;
  char32_t character;
};
constexpr std::array<Sign, 8> kSigns = {{{"lquote", 0x2018},
                                         {"rquote", 0x2019},
                                         {"ldblquote", 0x201C},
                                         {"rdblquote", 0x201D},
                                         {"endash", 0x2013},
                                         {"emdash", 0x2014},
                                         {"bullet", 0x2022},
                                         {"emspace", 0x2003}}};

struct Group {
  bool is_unread = false;
  int skip = 1;  // Bytes behind a \u, for programs that do not know it.
};

class RtfReader {
 public:
  RtfReader(std::string_view rtf, std::size_t bytes_max) : rtf_(rtf), bytes_max_(bytes_max) {}

  std::string run() {
    while (!rtf_.empty() && text_.size() + bytes_.size() < bytes_max_) {
      const char c = rtf_.front();
      rtf_.remove_prefix(1);
      switch (c) {
        case '{': open(); break;
        case '}': close(); break;
        case '\\': take_control(); break;
        case '\r':
        case '\n': break;
        default: put(c);
      }
    }
    flush();
    return std::move(text_);
  }

 private:
  void open() {
    // Deeper ones are read as if they were in the last.
    if (groups_.size() < kDepthMax)
      groups_.push_back(now_);
    else
      ++deeper_;
    to_skip_ = 0;
  }

  void close() {
    to_skip_ = 0;
    if (deeper_ > 0) {
      --deeper_;
    } else if (!groups_.empty()) {
      now_ = groups_.back();
      groups_.pop_back();
    }
  }

  void put(char byte) {
    if (to_skip_ > 0) {
      --to_skip_;
    } else if (!now_.is_unread) {
      bytes_ += byte;
    }
  }

  /// What was collected, in the document's charset.
  void flush() {
    if (!bytes_.empty()) text_ += to_utf8(bytes_, charset_);
    bytes_.clear();
  }

  void put_character(char32_t character) {
    if (now_.is_unread) return;
    flush();
    append_character(text_, character);
  }

  void take_control() {
    if (rtf_.empty()) return;
    const char c = rtf_.front();
    if (is_alpha(c)) return take_word();
    rtf_.remove_prefix(1);
    if (c == '\'') return take_byte();
    if (c == '*') now_.is_unread = true;
    if (c == '~') put(' ');
    if (c == '\\' || c == '{' || c == '}') put(c);
    if (c == '\r' || c == '\n') put('\n');
  }

  void take_byte() {
    const auto digit = [](char c) {
      return is_digit(c)                         ? c - '0'
             : is_alpha(c) && to_lower(c) <= 'f' ? to_lower(c) - 'a' + 10
                                                 : -1;
    };
    if (rtf_.size() < 2 || digit(rtf_[0]) < 0 || digit(rtf_[1]) < 0) return;
    put(static_cast<char>(digit(rtf_[0]) * 16 + digit(rtf_[1])));
    rtf_.remove_prefix(2);
  }

  void take_word() {
    const auto* const end = std::find_if_not(rtf_.begin(), rtf_.end(), is_alpha);
    const auto bytes = static_cast<std::size_t>(end - rtf_.begin());
    const std::string_view word = rtf_.substr(0, bytes);
    rtf_.remove_prefix(bytes);
    const auto number = take_number();
    if (rtf_.starts_with(' ')) rtf_.remove_prefix(1);
    understand(word, number);
  }

  std::optional<int> take_number() {
    constexpr int kLargest = 100'000'000;
    std::size_t at = rtf_.starts_with('-') ? 1 : 0;
    const bool is_negative = at == 1;
    if (at >= rtf_.size() || !is_digit(rtf_[at])) return std::nullopt;
    int number = 0;
    for (; at < rtf_.size() && is_digit(rtf_[at]); ++at)
      if (number < kLargest) number = number * 10 + (rtf_[at] - '0');
    rtf_.remove_prefix(at);
    return is_negative ? -number : number;
  }

  void understand(std::string_view word, std::optional<int> number) {
    if (word == "u" && number) return take_unicode(*number);
    if (word == "uc" && number) now_.skip = std::clamp(*number, 0, 16);
    if (word == "ansicpg" && number) charset_ = "windows-" + std::to_string(*number);
    if (word == "mac") charset_ = "macintosh";
    if (word == "bin" && number)
      rtf_.remove_prefix(std::min(rtf_.size(), static_cast<std::size_t>(std::max(*number, 0))));
    if (std::find(kUnread.begin(), kUnread.end(), word) != kUnread.end()) now_.is_unread = true;
    if (std::find(kRtfBreaks.begin(), kRtfBreaks.end(), word) != kRtfBreaks.end()) put('\n');
    for (const auto& [name, character] : kSigns)
      if (word == name) put_character(character);
  }

  /// A UTF-16 unit, as a signed number of 16 bits; two may be one character.
  void take_unicode(int number) {
    const auto unit = static_cast<char32_t>(static_cast<std::uint16_t>(number));
    to_skip_ = now_.skip;
    if (unit >= 0xD800 && unit < 0xDC00) {
      first_ = unit;
    } else if (unit >= 0xDC00 && unit <= 0xDFFF) {
      if (first_ != 0) put_character(0x10000 + ((first_ - 0xD800) << 10U) + (unit - 0xDC00));
      first_ = 0;
    } else {
      put_character(unit);
    }
  }

  std::string_view rtf_;
  const std::size_t bytes_max_;
  std::string text_;
  std::string bytes_;
  std::string charset_ = "windows-1252";
  std::vector<Group> groups_;
  Group now_;
  std::size_t deeper_ = 0;
  int to_skip_ = 0;
  char32_t first_ = 0;
};

}  // namespace

std::string rtf_text(std::string_view octets, std::size_t bytes_max) {
  if (!octets.starts_with("{\\rtf")) return {};
  return std::string(cut_utf8(RtfReader(octets, bytes_max).run(), bytes_max));
}

}  // namespace restante::text
