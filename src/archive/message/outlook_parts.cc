#include "archive/message/outlook_parts.h"

#include <utility>

#include "documents/compressed_rtf.h"
#include "documents/rtf_text.h"
#include "mime/decoded_words.h"
#include "mime/tnef.h"
#include "text/charsets/charset.h"

namespace restante::archive {
namespace {

constexpr std::size_t kDepthMax = 8;  // Of messages within messages.
constexpr std::size_t kOutlookNameBytesMax = 1000;
constexpr std::size_t kRtfBytesMax = 16U << 20;  // Of all together, unpacked.

class Unpacker {
 public:
  Unpacker(std::size_t parts_max, std::deque<std::string>& texts)
      : parts_max_(parts_max), texts_(texts) {}

  void unpack(std::string_view octets, bool has_text, std::size_t depth) {
    const mime::Tnef tnef = mime::read_tnef(octets, parts_max_);
    if (depth > 0) add_heading(tnef);
    // The mail's own text says the same, mostly: both would show it twice.
    if (!has_text) add_text(tnef);
    for (const mime::TnefFile& file : tnef.files) {
      if (parts_.size() >= parts_max_) return;
      if (!file.is_message)
        add_file(file, tnef.charset);
      else if (depth < kDepthMax)
        unpack(file.octets, false, depth + 1);
    }
  }

  std::vector<OutlookPart> finish() { return std::move(parts_); }

 private:
  void add_text(const mime::Tnef& tnef) {
    MimePart part;
    part.is_text = true;
    part.type = tnef.text_type;
    part.charset = tnef.text_is_wide ? "utf-16le" : tnef.charset;
    std::string_view text = tnef.text;
    if (part.type.empty() && !tnef.rtf.empty()) {
      const std::string rtf = text::unpacked_rtf(tnef.rtf, rtf_bytes_left_);
      rtf_bytes_left_ -= rtf.size();
      texts_.push_back(text::rtf_text(rtf, kRtfBytesMax));
      part.type = "text/plain";
      part.charset = "utf-8";
      text = texts_.back();
    }
    if (!text.empty()) parts_.push_back({std::move(part), {text}});
  }

  /// Of a message within: what its header would say.
  void add_heading(const mime::Tnef& tnef) {
    std::string heading = "\n---- message ----\n";
    if (!tnef.sender.empty()) heading += "From: " + mime::one_line(tnef.sender) + "\n";
    if (!tnef.date.empty()) heading += "Date: " + tnef.date + "\n";
    if (!tnef.subject.empty()) heading += "Subject: " + mime::one_line(tnef.subject) + "\n";
    texts_.push_back(heading + "\n");
    MimePart part;
    part.is_text = true;
    part.type = "text/plain";
    part.charset = "utf-8";
    parts_.push_back({std::move(part), {texts_.back()}});
  }

  void add_file(const mime::TnefFile& file, const std::string& charset) {
    MimePart part;
    part.type = "application/octet-stream";
    part.name = mime::decode_text(text::to_utf8(file.name.substr(0, kOutlookNameBytesMax),
                                                file.is_wide ? "utf-16le" : charset));
    part.is_attachment = part.is_file = true;
    parts_.push_back({std::move(part), {file.octets}});
  }

  std::size_t parts_max_;
  std::size_t rtf_bytes_left_ = kRtfBytesMax;
  std::deque<std::string>& texts_;
  std::vector<OutlookPart> parts_;
};

}  // namespace

std::vector<OutlookPart> outlook_parts(std::string_view octets, bool has_text,
                                       std::size_t parts_max, std::deque<std::string>& texts) {
  Unpacker unpacker(parts_max, texts);
  unpacker.unpack(octets, has_text, 0);
  return unpacker.finish();
}

}  // namespace restante::archive
