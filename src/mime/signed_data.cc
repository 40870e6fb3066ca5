#include "mime/signed_data.h"

#include <algorithm>
#include <cstddef>

namespace restante::mime {
namespace {

// ASN.1 (X.690): what an element is.
constexpr unsigned char kObjectId = 0x06;
constexpr unsigned char kOctets = 0x04;
constexpr unsigned char kOctetsInPieces = 0x24;
constexpr unsigned char kSequence = 0x30;
constexpr unsigned char kExplicit = 0xA0;
constexpr unsigned char kEnd = 0x00;
constexpr unsigned char kOfMany = 0x1F;  // Its number goes on: nothing of CMS.

constexpr std::string_view kSignedData = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
constexpr std::string_view kData = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";

struct BerHead {
  unsigned char tag = kEnd;
  std::size_t length = 0;
  bool has_length = true;  // False: it ends with two NULs.
};

/// Goes through the elements from the front. What is open need not be remembered: nothing behind
/// the content is looked at.
class Elements {
 public:
  explicit Elements(std::string_view left) : left_(left) {}

  /// False: there is no more.
  bool take_head(BerHead& head) {
    if (left_.size() < 2) return false;
    head.tag = take_octet();
    const unsigned char first = take_octet();
    if ((head.tag & kOfMany) == kOfMany) return false;
    head.has_length = first != 0x80;
    head.length = first & 0x7FU;
    if (first <= 0x80) return true;
    std::size_t count = head.length;
    if (count > sizeof head.length || count > left_.size()) return false;
    for (head.length = 0; count > 0; --count) head.length = (head.length << 8U) | take_octet();
    return true;
  }

  /// Goes into the next element, if it is such a one.
  bool enter(unsigned char tag) {
    BerHead head;
    return take_head(head) && head.tag == tag;
  }

  /// Over the next element with all that is in it.
  bool skip() {
    std::size_t open = 0;
    do {
      BerHead head;
      if (!take_head(head)) return false;
      if (!head.has_length) {
        ++open;
      } else if (head.tag == kEnd && open > 0) {
        --open;
      } else {
        take(head.length);
      }
    } while (open > 0);
    return true;
  }

  bool take_object_id(std::string_view id) {
    BerHead head;
    return take_head(head) && head.tag == kObjectId && take(head.length) == id;
  }

  std::string_view take(std::size_t bytes) {
    const std::string_view piece = left_.substr(0, bytes);
    left_.remove_prefix(piece.size());
    return piece;
  }

  [[nodiscard]] std::size_t bytes_left() const { return left_.size(); }

 private:
  unsigned char take_octet() {
    const auto octet = static_cast<unsigned char>(left_.front());
    left_.remove_prefix(1);
    return octet;
  }

  std::string_view left_;
};

/// An octet string, whole or in pieces, which may be in pieces again.
std::string take_octets(Elements& elements) {
  std::string octets;
  BerHead head;
  if (!elements.take_head(head)) return octets;
  if (head.tag == kOctets) return std::string(elements.take(head.length));
  if (head.tag != kOctetsInPieces) return octets;
  // Of those with a length, the one that ends first is the last that was opened: the outermost end
  // is all that counts.
  const std::size_t end =
      head.has_length ? elements.bytes_left() - std::min(head.length, elements.bytes_left()) : 0;
  std::size_t open = head.has_length ? 0 : 1;
  const bool ends_by_length = head.has_length;
  while ((ends_by_length ? elements.bytes_left() > end : open > 0) && elements.take_head(head)) {
    if (head.tag == kOctets) {
      octets.append(elements.take(head.length));
    } else if (head.tag == kEnd) {
      open -= open > 0 ? 1 : 0;
    } else if (head.tag == kOctetsInPieces) {
      open += head.has_length ? 0 : 1;
    } else {
      break;
    }
  }
  return octets;
}

}  // namespace

std::string signed_content(std::string_view octets) {
  Elements elements(octets);
  // ContentInfo, SignedData: a version, algorithms, what is signed.
  const bool is_signed = elements.enter(kSequence) && elements.take_object_id(kSignedData) &&
                         elements.enter(kExplicit) && elements.enter(kSequence) &&
                         elements.skip() && elements.skip() && elements.enter(kSequence) &&
                         elements.take_object_id(kData) && elements.enter(kExplicit);
  return is_signed ? take_octets(elements) : std::string();
}

}  // namespace restante::mime
