#include "mime/addresses.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "mime/comments.h"
#include "mime/decoded_words.h"
#include "mime/encoded_word.h"

namespace restante::mime {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// What stood between two commas, as it is read.
struct Piece {
  std::string words;    // Without quotes and comments.
  std::string spelled;  // The same with the quotes, for an address without <>.
  std::string comment;
  std::string address;  // What stood in <>.
  bool has_address = false;

  [[nodiscard]] bool is_empty() const {
    return !has_address && trim_blanks(words).empty() && comment.empty();
  }
};

/// Blanks part the words, but not those in quotes or beside an @. The first word with an @ is the
/// address, the others are the name.
Mailbox without_brackets(std::string_view spelled) {
  Mailbox mailbox;
  std::string word;
  bool quoted = false;
  const auto end_word = [&] {
    const bool is_address = mailbox.address.empty() && word.find('@') != std::string::npos;
    std::string& target = is_address ? mailbox.address : mailbox.name;
    if (!is_address && !target.empty()) target += ' ';
    target += word;
    word.clear();
  };
  for (std::size_t i = 0; i < spelled.size(); ++i) {
    if (spelled[i] == '"') quoted = !quoted;
    if (quoted || !is_blank(spelled[i])) {
      word += spelled[i];
      continue;
    }
    const std::size_t next = spelled.find_first_not_of(" \t\r\n", i);
    if (next == std::string_view::npos) break;
    i = next - 1;
    if (!word.empty() && !word.ends_with('@') && spelled[next] != '@') end_word();
  }
  end_word();
  std::erase(mailbox.name, '"');
  return mailbox;
}

class Reader {
 public:
  explicit Reader(std::string_view field) : rest_(field) {}

  std::vector<Mailbox> read() {
    while (!rest_.empty() && mailboxes_.size() < kMailboxesMax) step();
    end_piece();
    flush_names();
    return has_any_ ? std::move(mailboxes_) : std::vector<Mailbox>();
  }

 private:
  void step() {
    const char c = rest_.front();
    const std::size_t before = rest_.size();
    if (c == '"') quoted();
    if (c == '(') comment();
    if (c == '<') brackets();
    if (c == '=') encoded_word();
    if (rest_.size() < before) return;
    rest_.remove_prefix(1);
    if (c == '[' && piece_.spelled.ends_with('@')) return literal();
    if (c == ',' || c == ';') return end_piece();
    // What stands before the colon is the name of a group.
    if (c == ':' && !piece_.has_address) return static_cast<void>(piece_ = Piece());
    if (c != '>') put(c);
  }

  void put(char c) {
    piece_.words += c;
    piece_.spelled += c;
  }

  void quoted() {
    if (!quotes_end_) return;
    std::string text;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        piece_.words += text;
        piece_.spelled.append(rest_.substr(0, i + 1));
        rest_.remove_prefix(i + 1);
        return;
      }
      if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
      text += rest_[i];
    }
    quotes_end_ = false;
  }

  void comment() {
    const std::size_t length = comment_length(rest_, comments_end_);
    if (length == 0) return;
    if (!piece_.comment.empty()) piece_.comment += ' ';
    piece_.comment.append(rest_.substr(1, length - 2));
    rest_.remove_prefix(length);
  }

  void encoded_word() {
    std::string_view behind = rest_;
    if (!take_encoded_word(behind, words_end_)) return;
    const std::string_view word = rest_.substr(0, rest_.size() - behind.size());
    piece_.words.append(word);
    piece_.spelled.append(word);
    rest_ = behind;
  }

  void literal() {
    const std::size_t end = std::min(rest_.find(']'), rest_.size());
    piece_.spelled += '[';
    piece_.spelled.append(rest_.substr(0, end));
    rest_.remove_prefix(end);
  }

  /// <address>; one that does not end goes to the next comma.
  void brackets() {
    const std::string_view front = rest_.substr(0, kAddressBytesMax);
    std::size_t end = std::min(front.find('>'), front.size());
    const std::size_t comma = front.substr(0, end).find_first_of(",;");
    const bool is_route = front.substr(1).starts_with('@');
    const bool ends =
        end < front.size() && (comma == std::string_view::npos ||
                               front.substr(0, end).find('<', comma) == std::string_view::npos);
    if (comma != std::string_view::npos && !is_route && !ends) end = comma;
    std::string_view inside = rest_.substr(1, end - 1);
    rest_.remove_prefix(std::min(end, rest_.size()));
    if (rest_.starts_with('>')) rest_.remove_prefix(1);
    // "<x <a@b>", and a route: "<@c,@d:a@b>"
    if (const std::size_t last = inside.rfind('<'); last != std::string_view::npos)
      inside.remove_prefix(last + 1);
    inside = trim_blanks(inside);
    if (starts_with_ignore_case(inside, "mailto:")) inside.remove_prefix(7);
    if (inside.starts_with('@')) inside.remove_prefix(inside.rfind(':') + 1);
    if (piece_.has_address) {
      const Piece done = std::exchange(piece_, Piece());
      add(done);
    }
    piece_.address = trim_blanks(inside);
    piece_.has_address = true;
  }

  void end_piece() {
    const Piece done = std::exchange(piece_, Piece());
    if (done.is_empty()) return;
    const bool is_name = !done.has_address && done.spelled.find('@') == std::string::npos;
    if (!is_name) return add(done);
    // Perhaps a surname before its comma, or a user of this machine.
    names_.emplace_back(trim_blanks(done.words.empty() ? done.comment : done.words));
    if (names_.size() > kNamesMax) flush_names();
  }

  void flush_names() {
    for (std::string& name : names_) mailboxes_.push_back(Mailbox{std::move(name), {}});
    names_.clear();
  }

  void add(const Piece& piece) {
    Mailbox mailbox;
    if (piece.has_address) {
      for (const std::string& name : names_) mailbox.name += name + ", ";
      names_.clear();
      mailbox.name.append(trim_blanks(piece.words));
      mailbox.address = piece.address;
    } else {
      flush_names();
      mailbox = without_brackets(trim_blanks(piece.spelled));
    }
    if (mailbox.name.empty()) mailbox.name = piece.comment;
    has_any_ = has_any_ || !mailbox.address.empty() || piece.has_address;
    mailboxes_.push_back(std::move(mailbox));
  }

  static constexpr std::size_t kNamesMax = 2;
  static constexpr std::size_t kAddressBytesMax = 2000;

  std::string_view rest_;
  Piece piece_;
  std::vector<std::string> names_;  // Pieces without an address, before one that may have it.
  std::vector<Mailbox> mailboxes_;
  bool has_any_ = false;
  bool quotes_end_ = true;
  bool comments_end_ = true;
  bool words_end_ = true;
};

/// Reads of `field`, which is UTF-8.
std::vector<Mailbox> mailboxes_of(std::string_view field) {
  std::vector<Mailbox> read = Reader(field).read();
  for (Mailbox& mailbox : read) {
    mailbox.name = decode_text(mailbox.name);
    mailbox.address = decode_text(mailbox.address);
  }
  std::erase_if(read, [](const Mailbox& one) { return one.name.empty() && one.address.empty(); });
  return read;
}

/// Quoted if it would be taken apart otherwise.
std::string shown_name(const std::string& name) {
  if (name.find_first_of(",;<>\"") == std::string::npos) return name;
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

std::vector<Mailbox> parse_addresses(std::string_view raw, std::string_view charset) {
  const std::string field = field_as_utf8(raw.substr(0, kFieldBytesMax), charset);
  std::vector<Mailbox> read = mailboxes_of(field);
  // Some encode the whole field, with the address.
  if (read.empty() && field.find("=?") != std::string::npos)
    read = mailboxes_of(decode_words(field));
  return read;
}

std::string addresses_text(std::string_view raw, std::string_view charset) {
  const std::vector<Mailbox> mailboxes = parse_addresses(raw, charset);
  if (mailboxes.empty()) return decode_text(raw, charset);
  std::string text;
  for (const auto& [name, address] : mailboxes) {
    if (text.size() >= kFieldBytesMax) break;
    if (!text.empty()) text += ", ";
    if (address.empty() || name.empty() || equals_ignore_case(name, address)) {
      text += address.empty() ? shown_name(name) : address;
    } else {
      text += shown_name(name) + " <" + address + ">";
    }
  }
  return text;
}

}  // namespace restante::mime
