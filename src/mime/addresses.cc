#include "mime/addresses.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "mime/comments.h"
#include "mime/decoded_words.h"
#include "mime/encoded_word.h"
#include "mime/line_scan.h"

namespace restante::mime {
namespace {

/// What stood between two commas, as it is read.
struct Piece {
  std::string words;    // Without quotes and comments.
  std::string spelled;  // The same with the quotes, for an address without <>.
  std::string comment;
  std::string address;  // What stood in <>.
  bool has_address = false;
  std::string group;  // What stood before a colon and ends with no semicolon.

  [[nodiscard]] bool is_empty() const {
    return !has_address && trim_blanks(words).empty() && comment.empty();
  }
};

/// What stood in <>, without comments, and without blanks around its signs.
std::string plain_address(std::string_view inside) {
  std::string address;
  bool comments_end = true;
  bool quoted = false;
  bool blank = false;
  while (!inside.empty()) {
    const char c = inside.front();
    const std::size_t comment = quoted ? 0 : comment_length(inside, comments_end);
    inside.remove_prefix(std::max<std::size_t>(comment, 1));
    if (comment > 0 || (!quoted && is_blank(c))) {
      blank = true;
      continue;
    }
    const bool is_joined = c == '@' || c == '.' || address.ends_with('@') || address.ends_with('.');
    if (std::exchange(blank, false) && !address.empty() && !is_joined) address += ' ';
    if (c == '"') quoted = !quoted;
    address += c;
    if (quoted && c == '\\' && !inside.empty()) {
      address += inside.front();
      inside.remove_prefix(1);
    }
  }
  return address;
}

/// The length of the quoted string that is the local part of what stands behind "<"; else 0.
std::size_t quoted_local_part(std::string_view inside) {
  if (!inside.starts_with('"')) return 0;
  // It counts only where an "@" follows; other quotes stand in a name, and must not hide a ">".
  for (std::size_t i = 1; i < inside.size(); ++i) {
    if (inside[i] == '\\') {
      ++i;
    } else if (inside[i] == '"') {
      const std::size_t next = inside.find_first_not_of(" \t\r\n", i + 1);
      return next != std::string_view::npos && inside[next] == '@' ? i + 1 : 0;
    }
  }
  return 0;
}

/// A dot that has blanks around it belongs to an address: "john . doe", "a@b . example".
bool is_beside_dot(std::string_view spelled, std::size_t blank, std::size_t next,
                   std::string_view word) {
  constexpr std::size_t kFrontBytes = 500;
  const bool in_address = word.substr(0, kFrontBytes).find('@') != std::string_view::npos;
  if (spelled[next] == '.')
    return in_address || (next + 1 < spelled.size() && is_blank(spelled[next + 1]));
  if (!word.ends_with('.')) return false;
  return in_address || (blank >= 2 && is_blank(spelled[blank - 2]));
}

/// Blanks part the words, but not those in quotes or beside an @. Each word with an @ is an
/// address, the others are the name of the first, or of the one before them.
std::vector<Mailbox> without_brackets(std::string_view spelled) {
  std::vector<Mailbox> done;
  Mailbox mailbox;
  std::string word;
  bool quoted = false;
  const auto end_word = [&] {
    const bool is_address = word.find('@') != std::string::npos;
    if (is_address && !mailbox.address.empty()) done.push_back(std::exchange(mailbox, Mailbox()));
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
    const bool is_joined =
        word.ends_with('@') || spelled[next] == '@' || is_beside_dot(spelled, i, next, word);
    i = next - 1;
    if (!word.empty() && !is_joined) end_word();
  }
  end_word();
  done.push_back(std::move(mailbox));
  for (Mailbox& one : done) std::erase(one.name, '"');
  return done;
}

class Reader {
 public:
  explicit Reader(std::string_view field)
      : rest_(field), behind_groups_(field.size() - std::min(field.rfind(';'), field.size())) {}

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
    if (c == ':' && !piece_.has_address) return colon();
    // A quote that has no end quotes nothing; behind a number it may be inches.
    const bool is_stray = c == '"' && trim_blanks(piece_.words).empty();
    if (c != '>' && !is_stray) put(c);
  }

  /// What stands before it is the name of a group, if a semicolon ends one.
  void colon() {
    const bool is_group = rest_.size() >= behind_groups_ && behind_groups_ > 0;
    const std::string_view name = trim_blanks(piece_.words);
    if (is_group || equals_ignore_case(name, "mailto") || equals_ignore_case(name, "smtp"))
      return static_cast<void>(piece_ = Piece());
    piece_.group = name;
    piece_.words += ':';
    piece_.spelled.clear();
  }

  void put(char c) {
    piece_.words += c;
    piece_.spelled += c;
  }

  void quoted() {
    // Looked for once: a field of quotes without an end would be read again from each of them.
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
    const std::string_view inside = rest_.substr(1, length - 2);
    for (std::size_t i = 0; i < inside.size(); ++i) {
      constexpr std::string_view kEscaped = "()\\\"";
      const bool escapes = inside[i] == '\\' && i + 1 < inside.size() &&
                           kEscaped.find(inside[i + 1]) != std::string_view::npos;
      if (escapes) ++i;
      piece_.comment += inside[i];
    }
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
    // Bounded: a bracket that never ends must not take the field with all its addresses.
    const std::string_view front = rest_.substr(0, kAddressBytesMax);
    const std::size_t quoted = quoted_local_part(front.substr(1));
    std::size_t end = std::min(front.find('>', 1 + quoted), front.size());
    const std::size_t comma = front.substr(0, end).find_first_of(",;", 1 + quoted);
    const bool is_route = front.substr(1).starts_with('@');
    const bool ends =
        end < front.size() && (comma == std::string_view::npos ||
                               front.substr(0, end).find('<', comma) == std::string_view::npos);
    if (comma != std::string_view::npos && !is_route && !ends) end = comma;
    std::string_view inside = rest_.substr(1, end - 1);
    rest_.remove_prefix(std::min(end, rest_.size()));
    if (rest_.starts_with('>')) rest_.remove_prefix(1);
    // "<x <a@b>", and a route: "<@c,@d:a@b>"
    const std::size_t last = inside.rfind('<');
    if (last != std::string_view::npos && last >= quoted) inside.remove_prefix(last + 1);
    inside = trim_blanks(inside);
    if (starts_with_ignore_case(inside, "mailto:")) inside.remove_prefix(7);
    if (inside.starts_with('@')) inside.remove_prefix(inside.rfind(':') + 1);
    if (piece_.has_address) {
      const Piece done = std::exchange(piece_, Piece());
      add(done);
    }
    piece_.address = plain_address(inside);
    piece_.has_address = true;
  }

  void end_piece() {
    const Piece done = std::exchange(piece_, Piece());
    if (done.is_empty()) return;
    const bool is_name = !done.has_address && done.spelled.find('@') == std::string::npos;
    if (!is_name) return add(done);
    // Perhaps a surname before its comma, or a user of this machine.
    names_.emplace_back(trim_blanks(done.words.empty() ? done.comment : done.words));
    // More in a row than one person has are users, each of them one.
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
      std::vector<Mailbox> read = without_brackets(trim_blanks(piece.spelled));
      mailbox = std::move(read.back());
      read.pop_back();
      has_any_ = has_any_ || !read.empty();
      for (Mailbox& one : read) {
        if (mailboxes_.size() < kMailboxesMax) mailboxes_.push_back(std::move(one));
      }
    }
    if (mailbox.name.empty()) mailbox.name = piece.comment;
    if (mailbox.name.empty() && !piece.has_address) mailbox.name = piece.group;
    has_any_ = has_any_ || !mailbox.address.empty() || piece.has_address;
    mailboxes_.push_back(std::move(mailbox));
  }

  static constexpr std::size_t kNamesMax = 2;
  static constexpr std::size_t kAddressBytesMax = 2000;

  std::string_view rest_;
  std::size_t behind_groups_;  // Octets from the last semicolon on.
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
  // Decoded after it was taken apart: an encoded comma belongs to a name.
  for (Mailbox& mailbox : read) {
    mailbox.name = decode_text(mailbox.name);
    mailbox.address = decode_text(mailbox.address);
  }
  // Two commas in a row are usual, and name no one.
  std::erase_if(read, [](const Mailbox& one) { return one.name.empty() && one.address.empty(); });
  return read;
}

/// Nothing outside of encoded words can be an address.
bool is_encoded_with_addresses(std::string_view field) {
  if (field.find("=?") == std::string_view::npos) return false;
  bool has_ends = true;
  while (!field.empty()) {
    if (take_encoded_word(field, has_ends)) continue;
    if (field.front() == '@' || field.front() == '<') return false;
    field.remove_prefix(1);
  }
  return true;
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
  // Some encode the whole field, with the address.
  return mailboxes_of(is_encoded_with_addresses(field) ? decode_words(field) : field);
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
