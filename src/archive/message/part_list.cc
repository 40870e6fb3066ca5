#include "archive/message/part_list.h"

#include <algorithm>
#include <unordered_set>

#include "archive/message/outlook_parts.h"
#include "archive/message/part_kind.h"
#include "base/ascii.h"
#include "mime/decoded_words.h"
#include "mime/inline_files.h"
#include "mime/parameters.h"

namespace restante::archive {
namespace {

using mime::Kind;
using mime::Node;
using mime::Structure;

constexpr std::size_t kLookedAt = 4096;
// Of texts that may have files within, and of HTML that may name its pictures.
constexpr std::size_t kScannedBytesMax = 64U << 20;
constexpr std::size_t kHtmlBytesMax = 4U << 20;

/// What stands around a part.
struct Around {
  unsigned alternative = 0;
  unsigned branch = 0;
  unsigned branches = 0;  // Of a multipart/alternative: those so far.
  bool is_alternative = false;
  bool is_related = false;
  bool is_report = false;
  bool is_encrypted = false;
  bool has_text = false;  // Of a message: the first text was there.
};

bool is_ascii_only(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_ascii(c); });
}

class Lister {
 public:
  explicit Lister(const Structure& structure) : structure_(structure) {}
  PartList list();

 private:
  void add(std::size_t index);
  Around around_of(const Node& node);
  void enter_multipart(const Node& node, Around& around);
  void add_leaf(std::size_t index, Around& around);
  void name_part(const Node& node, const mime::Parameters& disposition, std::string_view charset,
                 MimePart& part);
  void unpack(std::size_t index);
  void split(const MimePart& text, std::size_t index);
  void unpack_outlook(std::size_t index);
  void add_within(const MimePart& around, MimePart part, PartContent content);
  void find_pictures();
  [[nodiscard]] bool is_whole_entity(const Node& node) const;
  std::size_t message_of(std::size_t index) const;

  const Structure& structure_;
  PartList list_;
  std::vector<Around> around_;         // By node.
  std::vector<std::size_t> pictures_;  // Parts that are files unless HTML shows them.
  std::size_t scanned_ = 0;
};

std::size_t Lister::message_of(std::size_t index) const {
  for (std::size_t at = structure_.nodes[index].parent; at != Node::kNone;
       at = structure_.nodes[at].parent)
    if (structure_.nodes[at].kind == Kind::kMessage) return at;
  return 0;
}

/// All of a message, or of what is signed in it.
bool Lister::is_whole_entity(const Node& node) const {
  for (std::size_t at = node.parent; at != Node::kNone; at = structure_.nodes[at].parent) {
    if (structure_.nodes[at].kind == Kind::kMessage) return true;
    if (structure_.nodes[at].kind != Kind::kSigned) return false;
  }
  return true;
}

Around Lister::around_of(const Node& node) {
  if (node.parent == Node::kNone) return {};
  Around& outer = around_[node.parent];
  Around around = outer;
  if (outer.is_alternative) around.branch = outer.branches++;
  around.is_alternative = false;
  around.branches = 0;
  return around;
}

void Lister::enter_multipart(const Node& node, Around& around) {
  const std::string_view type = node.media.type;
  around.is_related = around.is_related || type == "multipart/related";
  around.is_report = around.is_report || type == "multipart/report";
  around.is_encrypted = around.is_encrypted || type == "multipart/encrypted";
  if (type != "multipart/alternative") return;
  list_.alternatives.push_back({around.alternative, around.branch});
  around.alternative = static_cast<unsigned>(list_.alternatives.size());
  around.branch = 0;
  around.is_alternative = true;
}

/// What describes a part may be the name of its file: it ends like one.
std::string name_described(const Node& node, std::string_view charset) {
  constexpr std::size_t kEndingMax = 5;
  std::string text = mime::decode_text(node.header.raw("Content-Description"), charset);
  const std::size_t dot = std::min(text.rfind('.'), text.size());
  const std::string_view ending = std::string_view(text).substr(dot);
  const bool is_name = dot > 0 && ending.size() > 1 && ending.size() <= 1 + kEndingMax &&
                       std::all_of(ending.begin() + 1, ending.end(),
                                   [](char c) { return is_alpha(c) || is_digit(c); });
  return is_name ? text : std::string();
}

Protection protection_of(const Node& node, const MimePart& part) {
  if (part.type == "application/pgp-encrypted") return Protection::kOpenPgp;
  const bool is_smime = part.type == "application/pkcs7-mime" ||
                        part.type == "application/x-pkcs7-mime" ||
                        (part.type == "application/octet-stream" && part.name == "smime.p7m");
  const std::string_view kind = node.media.parameters.find("smime-type");
  // What is signed is read with the parts within; certificates have no text.
  if (!is_smime || node.kind == Kind::kSigned || equals_ignore_case(kind, "certs-only"))
    return Protection::kNone;
  return starts_with_ignore_case(kind, "signed") ? Protection::kSmimeSigned
                                                 : Protection::kSmimeEncrypted;
}

/// Whether text that is said to be base64 has words with blanks between them in its first line.
bool is_plain_after_all(std::string_view raw) {
  constexpr std::ptrdiff_t kBlanksMin = 2;
  raw = raw.substr(std::min(raw.find_first_not_of("\r\n"), raw.size()), kLookedAt);
  const std::string_view line = raw.substr(0, raw.find_first_of("\r\n"));
  const std::size_t last = std::min(line.find_last_not_of(" \t"), line.size());
  return std::count(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(last), ' ') >=
         kBlanksMin;
}

void Lister::name_part(const Node& node, const mime::Parameters& disposition,
                       std::string_view charset, MimePart& part) {
  part.name = disposition.find("filename");
  if (part.name.empty()) part.name = disposition.find("name");
  if (part.name.empty()) {
    const std::string_view raw = node.header.raw("Content-Type");
    // The structure has read it without a charset.
    part.name = is_ascii_only(raw) ? node.media.parameters.find("name")
                                   : mime::parse_parameters(raw, charset).find("name");
  }
  if (part.name.empty() && part.is_message) {
    const std::size_t index = list_.contents.back().node;
    if (const Node* const inner = structure_.inside(index); inner != nullptr) {
      part.name =
          mime::decode_text(inner->header.raw("Subject"), charset_around(structure_, index + 1));
    }
    part.name = (part.name.empty() ? "message" : part.name) + ".eml";
  }
  if (part.name.empty()) part.name = usual_name(part.type);
  if (part.name.empty()) part.name = name_described(node, charset);
}

void Lister::add_leaf(std::size_t index, Around& around) {
  const Node& node = structure_.nodes[index];
  MimePart part;
  part.type = node.media.type;
  part.is_message = node.kind == Kind::kMessage;
  PartContent content{node.body, node.media.encoding, mime::Footer::kLeftOut, index};
  if (!node.media.is_known &&
      !mime::looks_like_text(mime::decode(node.body.substr(0, 2 * kLookedAt), content.encoding,
                                          mime::Footer::kLeftOut, kLookedAt)))
    part.type = "application/octet-stream";
  if (content.encoding == mime::Encoding::kBase64 && part.type.starts_with("text/") &&
      is_plain_after_all(node.body))
    content.encoding = mime::Encoding::kIdentity;
  const mime::Parameters& parameters = node.media.parameters;
  part.charset = parameters.find("charset");
  part.is_flowed = equals_ignore_case(parameters.find("format"), "flowed");
  part.delete_space = equals_ignore_case(parameters.find("delsp"), "yes");
  std::string id = mime::decode_text(node.header.raw("Content-ID"));
  std::erase_if(id, [](char c) { return c == '<' || c == '>' || c == ' '; });
  part.content_id = std::move(id);
  const std::string_view charset =
      part.charset.empty() ? charset_around(structure_, message_of(index)) : part.charset;
  const mime::Parameters disposition =
      mime::parse_parameters(node.header.raw("Content-Disposition"), charset);
  const bool attached = disposition.value == "attachment";
  list_.contents.push_back(content);
  name_part(node, disposition, charset, part);
  part.alternative = around.alternative;
  part.branch = around.branch;

  const bool is_all = is_whole_entity(node);
  // RTF is a text where there is no other.
  const bool is_rtf = is_rtf_type(part.type) && (is_all || part.alternative != 0);
  const bool is_readable = (is_readable_type(part.type) || is_rtf) && !part.is_message;
  bool& has_text = around_[message_of(index)].has_text;
  const bool is_report = part.type == "text/calendar" || part.type.starts_with("message/");
  const bool is_named_file =
      has_text && !part.name.empty() && !is_prose_type(part.type) && disposition.value != "inline";
  // A message of nothing but an attached text is that text.
  part.is_text =
      is_readable && !is_named_file && (!attached || is_all || part.type == "text/calendar");
  const bool is_first = part.is_text && !has_text && !is_report;
  has_text = has_text || part.is_text;
  // An inline text with a name is both: read here, and saved by its name.
  part.is_attachment =
      part.is_message || !part.is_text || attached ||
      (!is_first && !part.name.empty() && part.alternative == 0 && part.type != "text/html") ||
      (is_rtf && !part.name.empty()) ||
      (part.type == "text/calendar" && !disposition.find("filename").empty());
  part.protection = protection_of(node, part);
  const bool is_picture = part.type.starts_with("image/");
  part.is_file = part.is_attachment && !is_machinery_type(part.type) && !around.is_encrypted &&
                 node.kind != Kind::kSigned &&
                 !(around.is_report && (part.is_message || !attached)) &&
                 !(around.is_related && is_picture && !attached) &&
                 !(part.is_message && !attached && disposition.find("filename").empty() &&
                   parameters.find("name").empty());
  if (part.is_text) list_.contents.back().footer = mime::Footer::kIsText;
  if (part.is_file && is_picture && !part.content_id.empty())
    pictures_.push_back(list_.parts.size());
  part.number = static_cast<unsigned>(list_.parts.size()) + 1;
  list_.parts.push_back(std::move(part));
  unpack(list_.parts.size() - 1);
}

/// What has files within it: they become parts of their own behind it.
void Lister::unpack(std::size_t index) {
  const MimePart part = list_.parts[index];
  const PartContent& content = list_.contents[index];
  if (part.is_message || scanned_ + content.raw.size() > kScannedBytesMax) return;
  const bool is_plain = part.type == "text/plain" && part.is_text &&
                        (content.encoding == mime::Encoding::kIdentity ||
                         content.encoding == mime::Encoding::kQuotedPrintable);
  if (is_plain && mime::may_have_inline_files(content.raw)) {
    scanned_ += content.raw.size();
    split(part, index);
  } else if (is_outlook_type(part.type) || equals_ignore_case(part.name, "winmail.dat")) {
    unpack_outlook(index);
  }
}

void Lister::add_within(const MimePart& around, MimePart part, PartContent content) {
  if (list_.parts.size() >= mime::kPartsMax) return;
  part.number = static_cast<unsigned>(list_.parts.size()) + 1;
  part.alternative = around.alternative;
  part.branch = around.branch;
  list_.parts.push_back(std::move(part));
  list_.contents.push_back(content);
}

void Lister::unpack_outlook(std::size_t index) {
  const MimePart around = list_.parts[index];
  const PartContent content = list_.contents[index];
  list_.texts.push_back(mime::decode(content.raw, content.encoding, mime::Footer::kLeftOut,
                                     kScannedBytesMax - scanned_));
  const std::string_view octets = list_.texts.back();
  scanned_ += octets.size();
  bool& has_text = around_[message_of(content.node)].has_text;
  for (auto& [part, inside] : outlook_parts(octets, has_text, mime::kPartsMax, list_.texts)) {
    has_text = has_text || part.is_text;
    // It stays in the list, with what was found in it.
    if (part.is_file) list_.parts[index].is_file = false;
    add_within(around, std::move(part), inside);
  }
}

void Lister::split(const MimePart& text, std::size_t index) {
  const PartContent content = list_.contents[index];
  list_.texts.push_back(mime::decode(content.raw, content.encoding, content.footer));
  const std::string_view whole = list_.texts.back();
  mime::SplitText split = mime::split_inline_files(
      whole, mime::kPartsMax - std::min(list_.parts.size(), mime::kPartsMax));
  if (split.files.empty()) {
    list_.texts.pop_back();
    return;
  }
  list_.texts.push_back(std::move(split.text));
  list_.contents[index].raw = list_.texts.back();
  list_.contents[index].encoding = mime::Encoding::kIdentity;
  for (const mime::InlineFile& file : split.files) {
    MimePart part;
    part.type = "application/octet-stream";
    part.name = mime::decode_text(file.name, text.charset);
    part.is_attachment = part.is_file = true;
    add_within(text, std::move(part), {file.encoded, file.encoding});
  }
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The Content-ID that a link names behind its "cid:" (RFC 2392): without its percent codes.
std::string content_id_of(std::string_view link) {
  std::string id;
  for (std::size_t i = 0; i < link.size(); ++i) {
    const bool is_code = link[i] == '%' && i + 2 < link.size() && hex_value(link[i + 1]) >= 0 &&
                         hex_value(link[i + 2]) >= 0;
    id += is_code ? static_cast<char>((hex_value(link[i + 1]) << 4) | hex_value(link[i + 2]))
                  : link[i];
    if (is_code) i += 2;
  }
  return id;
}

/// Pictures beside HTML that shows them: no files.
void Lister::find_pictures() {
  if (pictures_.empty()) return;
  std::unordered_set<std::string> shown;
  std::size_t left = kHtmlBytesMax;
  for (const MimePart& part : list_.parts) {
    if (part.type != "text/html" || !part.is_text || left == 0) continue;
    const PartContent& content = list_.contents[part.number - 1];
    const std::string html = mime::decode(content.raw, content.encoding, content.footer, left);
    left -= html.size();
    for (std::size_t at = html.find(':'); at != std::string::npos; at = html.find(':', at)) {
      ++at;
      if (at < 4 || !equals_ignore_case(std::string_view(html).substr(at - 4, 3), "cid")) continue;
      const std::size_t end = std::min(html.find_first_of("\"'> \t\r\n)", at), html.size());
      shown.insert(
          content_id_of(std::string_view(html).substr(at, std::min<std::size_t>(end - at, 1000))));
    }
  }
  for (const std::size_t index : pictures_) {
    MimePart& part = list_.parts[index];
    if (shown.contains(part.content_id)) part.is_file = false;
  }
}

void Lister::add(std::size_t index) {
  const Node& node = structure_.nodes[index];
  Around around = around_of(node);
  if (node.kind == Kind::kMultipart) enter_multipart(node, around);
  around_[index] = around;
  if (node.kind == Kind::kMultipart || list_.parts.size() >= mime::kPartsMax) return;
  add_leaf(index, around);
  if (node.kind != Kind::kMessage) return;
  Around& inside = around_[index];
  inside.is_related = inside.is_report = inside.is_encrypted = inside.has_text = false;
}

PartList Lister::list() {
  around_.resize(structure_.nodes.size());
  for (std::size_t i = 0; i < structure_.nodes.size(); ++i) add(i);
  find_pictures();
  return std::move(list_);
}

}  // namespace

std::string_view charset_around(const Structure& structure, std::size_t node) {
  for (std::size_t i = node; i < structure.nodes.size(); ++i) {
    const std::string_view charset = structure.nodes[i].media.parameters.find("charset");
    if (!charset.empty()) return charset;
  }
  return {};
}

PartList list_parts(const Structure& structure) { return Lister(structure).list(); }

}  // namespace restante::archive
