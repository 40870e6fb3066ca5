// One message's file as MIME: its headers decoded, its parts listed, their content streamed. GMime
// does the reading; only this and mime_headers.h see it. Broken mail is read as far as it goes,
// never refused. Memory does not depend on the size of parts: of a header block at most a mebibyte
// is read, and of a file no more than the limit that it was opened with.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "archive/files.h"
#include "archive/stored_message.h"
#include "base/result.h"

namespace restante::archive {

/// A leaf of the message, or a message in it. All text is well-formed UTF-8.
struct MimePart {
  unsigned number = 0;     ///< 1.., in the order of the message.
  std::string type;        ///< Lower case: "text/plain".
  std::string name;        ///< File name as the sender wrote it: not safe for a disk. May be empty.
  std::string charset;     ///< As declared; may be empty.
  std::string content_id;  ///< Without <>.
  bool is_attachment = false;  ///< No part of the text that a reader sees first.
  bool is_message = false;     ///< message/rfc822: its own parts follow.
  bool is_flowed = false;
  bool delete_space = false;  ///< DelSp=yes.
  unsigned alternative = 0;   ///< Parts with the same number but another branch say the same.
  unsigned branch = 0;
};

struct Headers {
  std::string subject;
  std::string from;
  std::string to;
  std::string cc;          ///< And Bcc.
  std::string message_id;  ///< Without <>.
  std::string in_reply_to;
  std::vector<std::string> references;  ///< In-Reply-To's too; without <>, at most 100.
  std::int64_t date = 0;                ///< Unix seconds; 0: none that can be read.
};

class MimeMessage {
 public:
  /// Reads at most `bytes_max` of the file. Errors: kNotFound, kIo, kAuth.
  static Result<MimeMessage> open(const Path& file, std::uint64_t bytes_max);
  /// The same of an open file, from its beginning. Errors: kIo.
  static Result<MimeMessage> from(Descriptor file, std::uint64_t bytes_max);
  MimeMessage(MimeMessage&&) noexcept;
  MimeMessage& operator=(MimeMessage&&) noexcept;
  ~MimeMessage();

  /// False: it was cut, or is nested too deep, or no message at all; what could be read is there.
  [[nodiscard]] bool is_whole() const;
  [[nodiscard]] const Headers& headers() const;
  /// All header fields in their order, names as written, values decoded and unfolded.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> all_headers() const;
  [[nodiscard]] const std::vector<MimePart>& parts() const;
  /// The headers of the message that part `number` is (MimePart::is_message).
  [[nodiscard]] Headers headers_of(unsigned number) const;

  /// The part's octets, decoded; of a message in it, its octets as they are. Errors: kNotFound,
  /// kIo, and the sink's.
  Status send_part(unsigned number, const OctetSink& sink) const;
  /// A text part as UTF-8, at most about `bytes_max` bytes of it; HTML is still HTML. Errors: as
  /// send_part().
  [[nodiscard]] Result<std::string> text_of(unsigned number, std::size_t bytes_max) const;

 private:
  struct State;
  explicit MimeMessage(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// A header field's value, unfolded, as people read it (RFC 2047): one line of UTF-8.
std::string decoded_field(std::string_view value);

}  // namespace restante::archive
