#include "mime/tnef.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include "text/charsets/charset.h"

namespace restante::mime {
namespace {

constexpr std::uint32_t kSignature = 0x223E9F78;

// Attributes (MS-OXTNEF s.2.1.3).
constexpr std::uint32_t kSubject = 0x00018004;
constexpr std::uint32_t kDateSent = 0x00038005;
constexpr std::uint32_t kBody = 0x0002800C;
constexpr std::uint32_t kMessageProperties = 0x00069003;
constexpr std::uint32_t kCodePage = 0x00069007;
constexpr std::uint32_t kNewAttachment = 0x00069002;
constexpr std::uint32_t kAttachmentTitle = 0x00018010;
constexpr std::uint32_t kAttachmentData = 0x0006800F;
constexpr std::uint32_t kAttachmentProperties = 0x00069005;

// Properties, and their types (MS-OXCDATA s.2.11.1).
constexpr std::uint32_t kSubjectProperty = 0x0037;
constexpr std::uint32_t kSenderNameProperty = 0x0C1A;
constexpr std::uint32_t kSenderAddressProperty = 0x0C1F;
constexpr std::uint32_t kBodyProperty = 0x1000;
constexpr std::uint32_t kRtfProperty = 0x1009;
constexpr std::uint32_t kHtmlProperty = 0x1013;
constexpr std::uint32_t kDataProperty = 0x3701;
constexpr std::uint32_t kLongNameProperty = 0x3707;
constexpr std::uint32_t kString = 0x001E;
constexpr std::uint32_t kWideString = 0x001F;
constexpr std::uint32_t kObject = 0x000D;
constexpr std::uint32_t kBinary = 0x0102;
constexpr std::uint32_t kSeveral = 0x1000;

// An object begins with the id of what it is: of a message in it, its TNEF follows.
constexpr std::size_t kInterfaceIdBytes = 16;
constexpr std::string_view kMessageId(
    "\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46", kInterfaceIdBytes);

/// Takes little-endian numbers and octets from the front; once something is missing nothing more
/// comes.
class Octets {
 public:
  explicit Octets(std::string_view left) : left_(left) {}

  std::uint32_t number(std::size_t bytes) {
    const std::string_view piece = take(bytes);
    std::uint32_t value = 0;
    for (std::size_t i = piece.size(); i-- > 0;)
      value = (value << 8U) | static_cast<unsigned char>(piece[i]);
    return value;
  }
  std::string_view take(std::size_t bytes) {
    is_good_ = is_good_ && bytes <= left_.size();
    if (!is_good_) return {};
    const std::string_view piece = left_.substr(0, bytes);
    left_.remove_prefix(bytes);
    return piece;
  }
  /// Takes the padding up to four octets as well.
  std::string_view take_padded(std::size_t bytes) {
    const std::string_view piece = take(bytes);
    if (is_good_) take(std::min((4 - bytes % 4) % 4, left_.size()));
    return piece;
  }
  [[nodiscard]] bool is_good() const { return is_good_; }
  [[nodiscard]] bool is_empty() const { return left_.empty(); }

 private:
  std::string_view left_;
  bool is_good_ = true;
};

std::size_t bytes_of_type(std::uint32_t type) {
  switch (type) {
    case 0x0005:
    case 0x0006:
    case 0x0007:
    case 0x0014:
    case 0x0040: return 8;
    case 0x0048: return 16;
    default: return 4;
  }
}

bool has_length(std::uint32_t type) {
  return type == kString || type == kWideString || type == kObject || type == kBinary;
}

std::string_view without_end_of(std::string_view text, bool is_wide) {
  if (is_wide) {
    text = text.substr(0, text.size() / 2 * 2);
    while (text.size() >= 2 && text.ends_with(std::string_view("\0\0", 2))) text.remove_suffix(2);
  } else {
    while (text.ends_with('\0')) text.remove_suffix(1);
  }
  return text;
}

/// Calls `each(property, type, value)` for those with one value that has a length.
void for_each_property(std::string_view octets, const auto& each) {
  Octets in(octets);
  const std::uint32_t count = in.number(4);
  for (std::uint32_t i = 0; i < count && in.is_good(); ++i) {
    const std::uint32_t type = in.number(2);
    const std::uint32_t property = in.number(2);
    if (property >= 0x8000) {  // It has a name of its own.
      in.take(16);
      const bool is_text = in.number(4) == 1;
      const std::uint32_t number = in.number(4);
      if (is_text) in.take_padded(number);
    }
    const std::uint32_t base = type & ~kSeveral;
    const bool is_counted = (type & kSeveral) != 0 || has_length(base);
    const std::uint32_t values = is_counted ? in.number(4) : 1;
    for (std::uint32_t k = 0; k < values && in.is_good(); ++k) {
      if (!has_length(base)) {
        in.take(bytes_of_type(base));
        continue;
      }
      const std::string_view value = in.take_padded(in.number(4));
      if (in.is_good() && k == 0) each(property, base, value);
    }
  }
}

/// Text in octets of the TNEF's charset or in UTF-16.
struct Text {
  std::string_view octets;
  bool is_wide = false;

  [[nodiscard]] std::string as_utf8(std::string_view charset) const {
    constexpr std::size_t kBytesMax = 4096;
    return text::to_utf8(octets.substr(0, kBytesMax), is_wide ? "utf-16le" : charset);
  }
};

/// Seven numbers: year to second, and the weekday.
std::string date_of(std::string_view data) {
  Octets in(data);
  std::array<unsigned, 6> numbers{};
  for (unsigned& number : numbers) number = in.number(2);
  if (!in.is_good()) return {};
  std::array<char, 64> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%04u-%02u-%02u %02u:%02u:%02u", numbers[0],
                    numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
  return {text.data(), static_cast<std::size_t>(length)};
}

class TnefReader {
 public:
  explicit TnefReader(std::size_t files_max) : files_max_(files_max) {}
  void take(std::uint32_t attribute, std::string_view data);
  Tnef finish();

 private:
  void take_message(std::uint32_t property, std::uint32_t type, std::string_view value);
  void take_attachment(std::uint32_t property, std::uint32_t type, std::string_view value);
  void end_file();
  bool take_field(std::uint32_t property, Text text);

  Text subject_;
  Text sender_name_;
  Text sender_address_;
  std::size_t files_max_;
  Tnef tnef_;
  TnefFile file_;
  bool has_file_ = false;
};

void TnefReader::end_file() {
  if (has_file_ && !file_.octets.empty() && tnef_.files.size() < files_max_)
    tnef_.files.push_back(file_);
  file_ = {};
  has_file_ = false;
}

/// False: it is another property.
bool TnefReader::take_field(std::uint32_t property, Text text) {
  switch (property) {
    case kSubjectProperty: subject_ = text; return true;
    case kSenderNameProperty: sender_name_ = text; return true;
    case kSenderAddressProperty: sender_address_ = text; return true;
    default: return false;
  }
}

void TnefReader::take_message(std::uint32_t property, std::uint32_t type, std::string_view value) {
  const bool is_string = type == kString || type == kWideString;
  if (is_string &&
      take_field(property, {without_end_of(value, type == kWideString), type == kWideString}))
    return;
  if (property == kRtfProperty && type == kBinary) tnef_.rtf = value;
  const bool is_html = property == kHtmlProperty;
  if (property != kBodyProperty && !is_html) return;
  const bool is_wide = type == kWideString;
  const std::string_view text = without_end_of(value, is_wide);
  if (text.empty() || (!is_html && !tnef_.text_type.empty())) return;
  tnef_.text = text;
  tnef_.text_type = is_html ? "text/html" : "text/plain";
  tnef_.text_is_wide = is_wide;
}

void TnefReader::take_attachment(std::uint32_t property, std::uint32_t type,
                                 std::string_view value) {
  if (property == kLongNameProperty && (type == kString || type == kWideString)) {
    file_.is_wide = type == kWideString;
    file_.name = without_end_of(value, file_.is_wide);
  } else if (property == kDataProperty && type == kBinary && file_.octets.empty()) {
    file_.octets = value;
  } else if (property == kDataProperty && type == kObject && value.starts_with(kMessageId)) {
    file_.octets = value.substr(kInterfaceIdBytes);
    file_.is_message = true;
  }
}

void TnefReader::take(std::uint32_t attribute, std::string_view data) {
  switch (attribute) {
    case kCodePage: tnef_.charset = "windows-" + std::to_string(Octets(data).number(4)); break;
    case kSubject: subject_ = {without_end_of(data, false)}; break;
    case kDateSent: tnef_.date = date_of(data); break;
    case kBody: take_message(kBodyProperty, kString, data); break;
    case kMessageProperties:
      for_each_property(data, [&](auto... each) { take_message(each...); });
      break;
    case kNewAttachment:
      end_file();
      has_file_ = true;
      break;
    case kAttachmentTitle:
      if (file_.name.empty()) file_.name = without_end_of(data, false);
      break;
    case kAttachmentData: file_.octets = data; break;
    case kAttachmentProperties:
      for_each_property(data, [&](auto... each) { take_attachment(each...); });
      break;
    default: break;
  }
}

Tnef TnefReader::finish() {
  end_file();
  tnef_.subject = subject_.as_utf8(tnef_.charset);
  tnef_.sender = sender_name_.as_utf8(tnef_.charset);
  const std::string address = sender_address_.as_utf8(tnef_.charset);
  // Within a company it is a path: "/o=Example/cn=ann".
  if (address.find('@') != std::string::npos)
    tnef_.sender += tnef_.sender.empty() ? address : " <" + address + ">";
  return std::move(tnef_);
}

}  // namespace

Tnef read_tnef(std::string_view octets, std::size_t files_max) {
  Octets in(octets);
  if (in.number(4) != kSignature) return {};
  in.take(2);
  TnefReader reader(files_max);
  while (in.is_good() && !in.is_empty()) {
    in.take(1);  // The level: of the message or of an attachment, which the attribute says, too.
    const std::uint32_t attribute = in.number(4);
    const std::string_view data = in.take(in.number(4));
    in.take(2);  // A checksum: mail that has come so far is rather read than refused.
    if (in.is_good()) reader.take(attribute, data);
  }
  return reader.finish();
}

}  // namespace restante::mime
