// One message's file as MIME: its headers decoded, its parts listed, their content streamed; what
// src/mime finds, in the words of the archive. Broken mail is read as far as it goes, never
// refused. The file is looked at where it lies (mapped_file.h); what is decoded to be looked at
// again (messages in base64, a file in UTF-16, files within a text) is bounded by mime/structure.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/mailbox/files.h"
#include "archive/mailbox/stored_message.h"
#include "base/result.h"

namespace restante::archive {

enum class Protection : std::uint8_t {
  kNone,
  kOpenPgp,         ///< Encrypted.
  kSmimeEncrypted,  ///< Its text cannot be read here.
  kSmimeSigned,     ///< Its text is within the signature.
};

/// A leaf of the message, or a message in it. All text is well-formed UTF-8.
struct MimePart {
  unsigned number = 0;     ///< 1.., in the order of the message.
  std::string type;        ///< Lower case: "text/plain". As it is meant (mime/media_type.h).
  std::string name;        ///< File name as the sender wrote it: not safe for a disk. May be empty.
  std::string charset;     ///< As declared; may be empty.
  std::string content_id;  ///< Without <>.
  bool is_text = false;    ///< A part of the text that a reader sees. May be an attachment, too.
  bool is_attachment = false;  ///< Listed with the attachments.
  bool is_file = false;        ///< An attachment that a person would save: no logo, no signature.
  bool is_message = false;     ///< message/rfc822: its own parts follow.
  bool is_flowed = false;
  bool delete_space = false;  ///< DelSp=yes.
  Protection protection = Protection::kNone;
  unsigned alternative = 0;  ///< Parts with the same number but another branch say the same.
  unsigned branch = 0;
};

/// A group of alternatives that stands in a branch of another: MimePart::alternative.
struct AlternativeGroup {
  unsigned outer = 0;  ///< 0: in none.
  unsigned outer_branch = 0;
};

struct Headers {
  std::string subject;
  std::string from;
  std::string to;
  std::string cc;          ///< And Bcc.
  std::string message_id;  ///< Without <>.
  std::string in_reply_to;
  std::vector<std::string> references;  ///< In-Reply-To's too; without <>, at most 100.
  std::string date_text;                ///< As the sender wrote it.
  /// Unix seconds, negative before 1970; of the first Date field that can be read. Nothing: none
  /// can.
  std::optional<std::int64_t> date;
  /// Of the Received fields, from the newest on, those that can be read; at most 100.
  std::vector<std::int64_t> received;
};

class MimeMessage {
 public:
  /// Reads at most `bytes_max` of the file. Errors: kNotFound, kIo, kAuth.
  static Result<MimeMessage> open(const Path& file, std::uint64_t bytes_max);
  /// The same of an open file, whose place does not matter; it is closed. Errors: kIo.
  static Result<MimeMessage> from(Descriptor file, std::uint64_t bytes_max);
  MimeMessage(MimeMessage&&) noexcept;
  MimeMessage& operator=(MimeMessage&&) noexcept;
  ~MimeMessage();

  /// False: it was cut, its structure is broken, or it is beyond a bound; what could be read is
  /// there.
  [[nodiscard]] bool is_whole() const;
  [[nodiscard]] const Headers& headers() const;
  /// All header fields in their order, names as written, values decoded and unfolded; at most
  /// mime::kFieldsMax.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> all_headers() const;
  [[nodiscard]] const std::vector<MimePart>& parts() const;
  /// Of MimePart::alternative the first is 1.
  [[nodiscard]] const std::vector<AlternativeGroup>& alternatives() const;
  /// The headers of the message that part `number` is (MimePart::is_message).
  [[nodiscard]] Headers headers_of(unsigned number) const;

  /// The part's octets, decoded; of a message in it, its octets as they are. Errors: kNotFound,
  /// and the sink's.
  Status send_part(unsigned number, const OctetSink& sink) const;
  /// How many octets that are; 0 when there is no such part.
  [[nodiscard]] std::uint64_t size_of(unsigned number) const;
  /// A text part as UTF-8, at most about `bytes_max` bytes of it; HTML is still HTML. Errors: as
  /// send_part().
  [[nodiscard]] Result<std::string> text_of(unsigned number, std::size_t bytes_max) const;

 private:
  struct State;
  explicit MimeMessage(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace restante::archive
