#include "text/html/html_text.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/ascii.h"
#include "text/charsets/charset.h"
#include "text/html/html_tokens.h"

namespace restante::text {
namespace {

// Their beginning and end end a line.
constexpr std::array<std::string_view, 31> kBlocks = {
    "address", "article", "aside",    "blockquote", "body",   "center", "dd",   "div",
    "dl",      "dt",      "fieldset", "figure",     "footer", "form",   "h1",   "h2",
    "h3",      "h4",      "h5",       "h6",         "header", "hr",     "html", "li",
    "main",    "nav",     "ol",       "section",    "table",  "tr",     "ul"};
// And these have an empty line around them.
constexpr std::array<std::string_view, 2> kParagraphs = {"p", "pre"};

constexpr std::size_t kListsMax = 20;

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Writer {
 public:
  Writer(Links links, std::size_t bytes_max) : links_(links), bytes_max_(bytes_max) {}

  [[nodiscard]] bool is_full() const { return text_.size() >= bytes_max_; }

  void take(const HtmlToken& token) {
    switch (token.kind) {
      case HtmlToken::Kind::kText: write(token.text); return;
      case HtmlToken::Kind::kStart: start(token); return;
      case HtmlToken::Kind::kEnd: end(token); return;
      case HtmlToken::Kind::kRaw: return;
    }
  }

  std::string finish() {
    while (!text_.empty() && (text_.back() == ' ' || text_.back() == '\n')) text_.pop_back();
    std::string text(cut_utf8(text_, bytes_max_));
    if (!text.empty()) text += '\n';
    return text;
  }

 private:
  static std::string_view attribute(const HtmlToken& token, std::string_view name) {
    for (const auto& [found, value] : token.attributes) {
      if (found == name) return value;
    }
    return {};
  }

  void start(const HtmlToken& token) {
    if (token.name == "br") {
      trim_line();
      text_ += '\n';
    } else if (is_one_of(kBlocks, token.name)) {
      lines(1);
      if (token.name == "li") item();
      if (is_list(token.name)) open_list(token);
      if (token.name == "hr") text_ += "---\n";
    } else if (is_one_of(kParagraphs, token.name)) {
      lines(2);
      if (token.name == "pre") ++preformatted_;
    } else if (token.name == "td" || token.name == "th") {
      blank_ = true;
    } else if (token.name == "img") {
      write(attribute(token, "alt"));
    } else if (token.name == "a") {
      link_ = attribute(token, "href");
      link_at_ = text_.size();
    }
  }

  static bool is_list(std::string_view name) { return name == "ul" || name == "ol"; }

  void open_list(const HtmlToken& token) {
    if (lists_.size() >= kListsMax) {
      ++deeper_lists_;
      return;
    }
    lists_.push_back(token.name == "ol" ? 1 : 0);
  }

  void close_list() {
    if (deeper_lists_ > 0) {
      --deeper_lists_;
    } else if (!lists_.empty()) {
      lists_.pop_back();
    }
  }

  /// "* " or "3. ", behind as many blanks as its list is deep.
  void item() {
    if (item_at_ != 0 && text_.size() == item_at_) {  // That one has nothing in it.
      trim_line();
      text_ += '\n';
    }
    if (lists_.size() > 1) text_.append(2 * (lists_.size() - 1), ' ');
    const bool is_numbered = !lists_.empty() && lists_.back() > 0;
    text_ += is_numbered ? std::to_string(lists_.back()++) + ". " : "* ";
    item_at_ = text_.size();
  }

  void end(const HtmlToken& token) {
    if (is_list(token.name)) close_list();
    if (is_one_of(kBlocks, token.name)) lines(1);
    if (is_one_of(kParagraphs, token.name)) lines(2);
    if (token.name == "pre" && preformatted_ > 0) --preformatted_;
    if (token.name == "a") end_link();
  }

  void end_link() {
    std::string_view target = link_;
    const bool is_web = target.starts_with("http://") || target.starts_with("https://");
    const bool is_mail = starts_with_ignore_case(target, "mailto:");
    // The address alone, without a subject and the like.
    if (is_mail) target = target.substr(7, std::min(target.find('?'), target.size()) - 7);
    if (links_ == Links::kShown && (is_web || is_mail) && !target.empty() &&
        std::string_view(text_).substr(std::min(link_at_, text_.size())).find(target) ==
            std::string_view::npos)
      write(" <" + std::string(target) + ">");
    link_.clear();
  }

  void write(std::string_view words) {
    if (preformatted_ > 0) {
      text_.append(words);
      return;
    }
    while (!words.empty()) {
      const std::string_view before = words;
      const char32_t character = take_character(words);
      // No-break and zero-width spaces separate nothing that a reader of text would see.
      if (character == ' ' || character == '\t' || character == '\n' || character == '\r' ||
          character == '\f' || character == 0xA0) {
        blank_ = true;
        joint_.clear();
      } else if (character == 0x200C || character == 0x200D) {
        // Between letters they say whether these join; elsewhere they pad text that is hidden.
        if (!blank_ && !text_.empty()) joint_.assign(before.substr(0, 3));
      } else if (!is_invisible(character)) {
        if (blank_ && !text_.empty() && text_.back() != '\n') text_ += ' ';
        blank_ = false;
        text_ += joint_;
        joint_.clear();
        text_.append(before.substr(0, before.size() - words.size()));
      }
    }
  }

  static bool is_invisible(char32_t character) {
    return character == 0xAD || character == 0x34F || character == 0x200B || character == 0x2060 ||
           character == 0xFEFF;
  }

  void trim_line() {
    while (!text_.empty() && text_.back() == ' ') text_.pop_back();
    blank_ = false;
  }

  /// At least this many line ends stand before what comes.
  void lines(std::size_t count) {
    joint_.clear();
    if (item_at_ != 0 && text_.size() == item_at_) return;  // Right behind the bullet.
    trim_line();
    if (text_.empty()) return;
    std::size_t there = 0;
    while (there < text_.size() && there < count && text_[text_.size() - 1 - there] == '\n')
      ++there;
    text_.append(count - there, '\n');
  }

  const Links links_;
  const std::size_t bytes_max_;
  std::string text_;
  bool blank_ = false;  // A blank is due before the next word.
  int preformatted_ = 0;
  std::string joint_;       // Comes before the next letter, if one comes.
  std::vector<int> lists_;  // That are open: the next number, 0 for bullets.
  std::size_t deeper_lists_ = 0;
  std::size_t item_at_ = 0;  // Behind the last bullet.
  std::string link_;
  std::size_t link_at_ = 0;
};

}  // namespace

std::string html_to_text(std::string_view html, Links links, std::size_t bytes_max) {
  HtmlTokens tokens(html);
  HtmlToken token;
  Writer writer(links, bytes_max);
  while (!writer.is_full() && tokens.next(token)) writer.take(token);
  return writer.finish();
}

}  // namespace restante::text
