#include "mime/structure.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/ascii.h"
#include "mime/line_scan.h"
#include "mime/signed_data.h"

namespace restante::mime {
namespace {

constexpr std::size_t kFieldsTogetherMax = 50'000;
// How often the message may be looked at, guesses included.
constexpr std::uint64_t kWorkFactor = 8;
// Lines that may be a boundary, remembered for each multipart whose own does not come.
constexpr std::size_t kGuessesMax = 1000;

std::string_view without_blanks_behind(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t");
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

/// The text behind "--" of a line that may be a boundary.
std::string_view delimiter_of(std::string_view line) {
  return without_blanks_behind(line.substr(2));
}

/// Whether a message or multipart is encoded, as it says; headers stand there as they are when not.
bool is_encoded(const Node& node, std::string_view body) {
  const Encoding encoding = node.media.encoding;
  if (encoding == Encoding::kBase64)
    return body.substr(0, std::min<std::size_t>(body.find_first_of("\r\n"), 1000)).find(':') ==
           std::string_view::npos;
  return encoding != Encoding::kIdentity;
}

bool may_be_signed(const Node& node) {
  const std::string_view type = node.media.type;
  if (type == "application/pkcs7-mime" || type == "application/x-pkcs7-mime") return true;
  return type == "application/octet-stream" &&
         (to_lower(node.media.parameters.find("name")).ends_with(".p7m") ||
          to_lower(node.header.raw("Content-Disposition")).find(".p7m") != std::string::npos);
}

/// An entity that is not finished: the innermost is the last.
struct Open {
  std::size_t node;
  std::size_t body = 0;    // Where its body begins, in the source's text.
  std::string boundary;    // Of a multipart; may be empty, then none matches.
  bool has_parts = false;  // Its boundary was seen.
  bool has_end = false;    // The last one.
  bool is_retried = false;
  std::size_t guess = std::string_view::npos;  // The first line that might be its boundary.
  std::size_t end = 0;  // Of one without parts: where its last boundary stands.
  std::map<std::string_view, std::size_t> names;  // Behind "--": where each came first.
};

/// A text that is read: the message, or what was encoded in it.
struct Source {
  std::string_view text;
  std::size_t at = 0;
  std::size_t first_open = 0;  // Of the entities that are read from it.
  char line_end = '\n';
};

enum class Delimiter : unsigned char { kNone, kNext, kLast };

class Walker {
 public:
  explicit Walker(std::string_view message) { add_source(message); }
  Structure run();

 private:
  void add_source(std::string_view text);
  void begin_entity(std::size_t parent, Owner owner);
  std::size_t add_node(std::size_t parent, HeaderBlock header);
  void take_line();
  void take_delimiter(std::size_t open, Delimiter kind, const Line& line);
  void close_last();
  void finish_multipart(Open open, std::string_view body);
  void finish_leaf(const Open& open);
  void finish_signed(const Open& open);
  void read_again(Open open, std::string_view text);
  /// Which open multipart a line belongs to; `open` is set when there is one.
  Delimiter match(std::string_view line, std::size_t& open) const;
  void note_guess(const Line& line);
  [[nodiscard]] bool is_message_at_once(std::size_t parent, const HeaderBlock& header) const;
  [[nodiscard]] bool has_room() const;
  [[nodiscard]] std::size_t depth_below(std::size_t parent) const;
  [[nodiscard]] bool may_work(std::size_t bytes) const;
  std::string_view decode_body(const Node& node);

  Structure result_;
  std::vector<Source> sources_;
  std::vector<Open> open_;
  std::size_t parts_ = 0;
  std::size_t fields_ = 0;
  std::size_t decoded_bytes_ = 0;
  std::uint64_t work_max_ = 0;
  bool is_full_ = false;
};

void Walker::add_source(std::string_view text) {
  Source source;
  source.text = text;
  source.first_open = open_.size();
  source.line_end = line_end_of(text);
  if (sources_.empty()) work_max_ = kWorkFactor * text.size() + 4096;
  result_.work += text.size();
  sources_.push_back(source);
}

bool Walker::may_work(std::size_t bytes) const { return result_.work + bytes <= work_max_; }

bool Walker::has_room() const { return parts_ < kPartsMax && result_.nodes.size() < 2 * kPartsMax; }

/// Counted by the nodes around it, not by the open ones: an encoded message is closed before it is
/// walked.
std::size_t Walker::depth_below(std::size_t parent) const {
  std::size_t depth = 0;
  for (; parent != Node::kNone; parent = result_.nodes[parent].parent) ++depth;
  return depth;
}

Delimiter Walker::match(std::string_view line, std::size_t& open) const {
  if (!line.starts_with("--") || sources_.empty()) return Delimiter::kNone;
  const std::string_view whole = delimiter_of(line);
  const bool may_be_last = whole.ends_with("--");
  const std::string_view first = may_be_last ? whole.substr(0, whole.size() - 2) : whole;
  Delimiter found = Delimiter::kNone;
  for (std::size_t i = open_.size(); i-- > sources_.back().first_open;) {
    const std::string_view boundary = open_[i].boundary;
    if (boundary.empty()) continue;
    const bool is_last = may_be_last && without_blanks_behind(first) == boundary;
    if (whole != boundary && !is_last) continue;
    // Some mail has one boundary for two: behind the end of the inner it is the outer's.
    if (found != Delimiter::kNone && open_[i].has_end) continue;
    open = i;
    found = whole == boundary ? Delimiter::kNext : Delimiter::kLast;
    if (!open_[i].has_end) break;
  }
  return found;
}

std::size_t Walker::add_node(std::size_t parent, HeaderBlock header) {
  Node node;
  node.parent = parent;
  if (header.is_cut) result_.is_whole = false;
  if (fields_ + header.fields.size() > kFieldsTogetherMax) {
    header.fields.clear();
    result_.is_whole = false;
  }
  fields_ += header.fields.size();
  std::string_view standard = "text/plain";
  if (parent != Node::kNone && result_.nodes[parent].media.type == "multipart/digest")
    standard = "message/rfc822";
  node.media = media_type_of(header, standard);
  node.header = std::move(header);
  result_.nodes.push_back(std::move(node));
  return result_.nodes.size() - 1;
}

/// In a digest, a message without the blank line before it: its header is no part's.
bool Walker::is_message_at_once(std::size_t parent, const HeaderBlock& header) const {
  return parent != Node::kNone && result_.nodes[parent].media.type == "multipart/digest" &&
         std::none_of(
             header.fields.begin(), header.fields.end(),
             [](const Field& field) { return starts_with_ignore_case(field.name, "content-"); }) &&
         !header.fields.empty();
}

void Walker::begin_entity(std::size_t parent, Owner owner) {
  Source& source = sources_.back();
  for (;;) {
    is_full_ = is_full_ || !has_room();
    if (is_full_) {
      result_.is_whole = false;
      return;
    }
    std::size_t ignored = 0;
    HeaderBlock header =
        read_header_block(source.text, source.at, source.line_end, owner,
                          [&](auto line) { return match(line, ignored) != Delimiter::kNone; });
    result_.work += header.body - source.at;
    if (is_message_at_once(parent, header)) {
      header = {};
      header.body = source.at;
    }
    source.at = header.body;
    const std::size_t index = add_node(parent, std::move(header));
    Node& node = result_.nodes[index];
    Open open;
    open.node = index;
    open.body = source.at;
    const bool is_deep = depth_below(parent) >= kDepthMax;
    const bool is_plain = !is_encoded(node, source.text.substr(source.at));
    if (is_deep && (node.media.is_multipart() || node.media.is_message())) result_.is_whole = false;
    if (node.media.is_multipart() && !is_deep) {
      node.kind = Kind::kMultipart;
      open.boundary = without_blanks_behind(node.media.parameters.find("boundary"));
    } else if (node.media.is_message() && !is_deep) {
      node.kind = Kind::kMessage;
      ++parts_;
      if (is_plain) {
        open_.push_back(std::move(open));
        parent = index;
        owner = Owner::kMessage;
        continue;
      }
    } else {
      ++parts_;
    }
    open_.push_back(std::move(open));
    return;
  }
}

/// A multipart whose boundary does not come: a line that might be it is remembered.
void Walker::note_guess(const Line& line) {
  const Source& source = sources_.back();
  if (open_.size() <= source.first_open) return;
  Open& open = open_.back();
  if (open.has_parts || open.is_retried || open.guess != std::string_view::npos ||
      result_.nodes[open.node].kind != Kind::kMultipart)
    return;
  const std::string_view name = delimiter_of(line.text);
  const bool is_drawn = name.find_first_not_of('-') == std::string_view::npos;
  if (is_drawn || name.starts_with(' ')) return;
  // A name that comes twice, or once more with its end, is one, with any text behind it.
  const bool has_end = name.size() > 2 && name.ends_with("--");
  const std::string_view bare = has_end ? name.substr(0, name.size() - 2) : name;
  const auto first = open.names.find(bare);
  if (first != open.names.end()) {
    open.guess = first->second;
    return;
  }
  const bool is_one_word = name.find_first_of(" \t") == std::string_view::npos;
  if (is_one_word && !has_end && open.names.size() < kGuessesMax)
    open.names.emplace(name, source.at);
  // A header or a blank line follows a boundary; under a drawn line stands text.
  const std::string_view next = line_at(source.text, line.next, source.line_end).text;
  const std::size_t colon = next.find(':');
  const bool is_field = colon != std::string_view::npos &&
                        next.substr(0, colon).find_first_of(" \t") == std::string_view::npos;
  if (is_blank_line(next) || is_field) open.guess = source.at;
}

void Walker::take_line() {
  Source& source = sources_.back();
  const Line line = line_at(source.text, source.at, source.line_end);
  if (line.text.starts_with("--")) {
    std::size_t open = 0;
    const Delimiter kind = match(line.text, open);
    if (kind != Delimiter::kNone) return take_delimiter(open, kind, line);
    note_guess(line);
  }
  source.at = line.next;
}

void Walker::take_delimiter(std::size_t open, Delimiter kind, const Line& line) {
  // Parts that are open within it end before this line, which is looked at again then: an encoded
  // one is read before the rest.
  if (open_.size() > open + 1) return close_last();
  open_[open].end = sources_.back().at;
  sources_.back().at = line.next;
  open_[open].has_parts = open_[open].has_parts || kind == Delimiter::kNext;
  open_[open].has_end = kind == Delimiter::kLast;
  if (kind == Delimiter::kNext) begin_entity(open_[open].node, Owner::kPart);
}

void Walker::close_last() {
  const Source& source = sources_.back();
  Open open = std::move(open_.back());
  open_.pop_back();
  Node& node = result_.nodes[open.node];
  const std::size_t begin = std::min(open.body, source.at);
  std::string_view body = source.text.substr(begin, source.at - begin);
  const bool is_last_of_all = source.at == source.text.size();
  if (!is_last_of_all) body = without_line_end(body, source.line_end);
  if (node.body.data() == nullptr) node.body = body;
  if (node.kind == Kind::kMultipart) {
    finish_multipart(std::move(open), body);
  } else if (node.kind == Kind::kMessage) {
    finish_leaf(open);
  } else if (may_be_signed(node)) {
    finish_signed(open);
  }
}

std::string_view Walker::decode_body(const Node& node) {
  const std::size_t left = kDecodedBytesMax - decoded_bytes_;
  if (node.body.size() > left || !may_work(2 * node.body.size())) {
    result_.is_whole = false;
    return {};
  }
  // Uuencode may become many times larger: a line of one character is 45 octets.
  result_.decoded.push_back(decode(node.body, node.media.encoding, Footer::kLeftOut, left));
  decoded_bytes_ += result_.decoded.back().size();
  if (decoded_bytes_ == kDecodedBytesMax) result_.is_whole = false;
  result_.work += node.body.size();
  return result_.decoded.back();
}

void Walker::read_again(Open open, std::string_view text) {
  open.is_retried = true;
  open.body = 0;
  add_source(text);
  open_.push_back(std::move(open));
}

void Walker::finish_multipart(Open open, std::string_view body) {
  const Source& source = sources_.back();
  const bool is_cut = open.has_parts && !open.has_end && source.at == source.text.size();
  if (is_cut) result_.is_whole = false;
  if (open.has_parts || is_full_) return;
  Node& node = result_.nodes[open.node];
  if (!open.is_retried && !open.boundary.empty() && node.media.encoding != Encoding::kIdentity) {
    if (const std::string_view text = decode_body(node); !text.empty())
      return read_again(std::move(open), text);
  }
  result_.is_whole = false;
  if (!open.is_retried && open.guess != std::string_view::npos) {
    const std::size_t skipped = open.guess - open.body;
    if (skipped < body.size() && may_work(2 * body.size())) {
      const std::string_view text = body.substr(skipped);
      const Line line = line_at(text, 0, line_end_of(text));
      open.boundary = delimiter_of(line.text);
      return read_again(std::move(open), text);
    }
  }
  // No part in it: it is a text, without the boundary at its end.
  if (open.has_end && !open.is_retried && open.end >= open.body) {
    const std::size_t bytes = std::min(open.end - open.body, body.size());
    const Line line = line_at(body, bytes, source.line_end);
    if (body.find_first_not_of(" \t\r\n", line.next) == std::string_view::npos)
      node.body = body.substr(0, bytes);
  }
  node.kind = Kind::kLeaf;
  node.media.type = "text/plain";
  node.media.is_known = false;
  ++parts_;
}

/// A message that is encoded (RFC 2046 s.5.2.1 forbids it, and mail has it).
void Walker::finish_leaf(const Open& open) {
  const bool is_read = open.node + 1 < result_.nodes.size();
  if (is_read || is_full_ || open.is_retried) return;
  const std::string_view text = decode_body(result_.nodes[open.node]);
  if (text.empty()) return;
  Node& node = result_.nodes[open.node];
  node.body = text;
  node.media.encoding = Encoding::kIdentity;
  add_source(text);
  begin_entity(open.node, Owner::kMessage);
}

/// Signed text stands within the signature, as a part with its own header (RFC 8551 s.3.5.2).
void Walker::finish_signed(const Open& open) {
  if (is_full_ || depth_below(open.node) > kDepthMax) return;
  const std::string_view octets = decode_body(result_.nodes[open.node]);
  std::string content = signed_content(octets);
  if (content.empty()) {
    // Some leave out how it is encoded.
    const Encoding encoding = result_.nodes[open.node].media.encoding;
    if (encoding == Encoding::kIdentity)
      content = signed_content(decode(octets, Encoding::kBase64, Footer::kLeftOut));
    if (content.empty()) return;
  }
  result_.decoded.push_back(std::move(content));
  result_.nodes[open.node].kind = Kind::kSigned;
  add_source(result_.decoded.back());
  begin_entity(open.node, Owner::kPart);
}

Structure Walker::run() {
  begin_entity(Node::kNone, Owner::kMessage);
  while (!sources_.empty()) {
    Source& source = sources_.back();
    if (source.at < source.text.size()) {
      take_line();
    } else if (open_.size() > source.first_open) {
      close_last();
    } else {
      sources_.pop_back();
    }
  }
  return std::move(result_);
}

}  // namespace

const Node* Structure::inside(std::size_t message) const {
  const std::size_t next = message + 1;
  const bool is_there =
      next < nodes.size() && nodes[next].parent == message && nodes[message].kind == Kind::kMessage;
  return is_there ? &nodes[next] : nullptr;
}

Structure read_structure(std::string_view message) { return Walker(message).run(); }

}  // namespace restante::mime
