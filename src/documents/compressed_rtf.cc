#include "documents/compressed_rtf.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace restante::text {
namespace {

constexpr std::size_t kHeadBytes = 16;
constexpr std::string_view kPacked = "LZFu";
constexpr std::string_view kPlain = "MELA";

// What every dictionary begins with (MS-OXRTFCP s.2.1.2.1).
constexpr std::string_view kBeginning =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
    "\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0"
    "\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
static_assert(kBeginning.size() == 207);

class Unpacker {
 public:
  Unpacker(std::string_view packed, std::size_t bytes_max) : in_(packed), bytes_max_(bytes_max) {
    std::copy(kBeginning.begin(), kBeginning.end(), dictionary_.begin());
  }

  /// A byte says of each of eight what it is: an octet, or a place in the dictionary.
  std::string run() {
    while (has_more_ && !in_.empty()) {
      unsigned flags = take();
      for (int i = 0; i < 8 && has_more_ && !in_.empty(); ++i, flags >>= 1U) {
        if ((flags & 1U) == 0)
          put(static_cast<char>(take()));
        else
          repeat();
      }
    }
    return std::move(out_);
  }

 private:
  unsigned take() {
    const auto octet = static_cast<unsigned char>(in_.front());
    in_.remove_prefix(1);
    return octet;
  }

  void put(char c) {
    dictionary_[next_] = c;
    next_ = (next_ + 1) % dictionary_.size();
    out_ += c;
    has_more_ = out_.size() < bytes_max_;
  }

  void repeat() {
    has_more_ = in_.size() >= 2;
    if (!has_more_) return;
    const unsigned token = take() << 8U;
    const unsigned both = token | take();
    std::size_t from = both >> 4U;
    has_more_ = from != next_;  // The end.
    for (unsigned left = (both & 0xFU) + 2; left > 0 && has_more_; --left) {
      put(dictionary_[from]);
      from = (from + 1) % dictionary_.size();
    }
  }

  std::string_view in_;
  const std::size_t bytes_max_;
  std::array<char, 4096> dictionary_{};
  std::size_t next_ = kBeginning.size();
  std::string out_;
  bool has_more_ = true;
};

}  // namespace

std::string unpacked_rtf(std::string_view octets, std::size_t bytes_max) {
  if (octets.size() < kHeadBytes || bytes_max == 0) return {};
  const std::string_view kind = octets.substr(8, 4);
  octets.remove_prefix(kHeadBytes);
  if (kind == kPlain) return std::string(octets.substr(0, bytes_max));
  return kind == kPacked ? Unpacker(octets, bytes_max).run() : std::string();
}

}  // namespace restante::text
